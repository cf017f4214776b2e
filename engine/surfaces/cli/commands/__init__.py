"""The commands of `verdict`, grouped by purpose."""
