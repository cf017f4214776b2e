"""Commands, files, pages and pictures, as their users meet them."""
