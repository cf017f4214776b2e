"""Decision rules that people edit as YAML, proved to give every possible situation exactly one verdict.

Importing `engine` imports none of its modules: each public name is imported when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.public_names import *  # noqa: F403

    __all__: list[str]
    __version__: str
else:
    # Type checkers must not see a module `__getattr__`: it would make every misspelled name a valid one.
    from functools import cache

    def __getattr__(name: str) -> Any:
        if name == "__version__":
            from engine.bundled import own_version

            return own_version()
        if name == "__all__":
            return __dir__()
        if name not in _home_modules():
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        return getattr(import_module(_home_modules()[name]), name)

    def __dir__() -> list[str]:
        return sorted([*_home_modules(), "__version__"])

    @cache
    def _home_modules() -> dict[str, str]:
        """The module that each public name is imported from.

        `public_names.py` is executed with an `__import__` that imports nothing: the value of each name that a module
        is asked for is the name of the module.
        """
        from importlib.machinery import PathFinder
        from types import SimpleNamespace

        def look_up(module: str, _globals: Any, _locals: Any, names: tuple[str, ...], _level: int) -> SimpleNamespace:
            return SimpleNamespace(**dict.fromkeys(names, module))

        found = {"__builtins__": {"__import__": look_up}}
        spec = PathFinder.find_spec("engine.public_names", __path__)  # noqa: F405
        exec(spec.loader.get_code(spec.name), found)
        return {name: module for name, module in found.items() if not name.startswith("__")}
