# The commands of every day; `just` lists them, `just --set python python3.13 set-up` takes another Python.
python := "python3"

_list:
    @just --list --unsorted

# make the environment, with everything that development needs
set-up:
    {{python}} -m venv .venv
    .venv/bin/pip install -q -e '.[dev]'
    if [ -d .git ]; then .venv/bin/pre-commit install --hook-type pre-commit --hook-type pre-push; fi

# lint, types, layers, and the quick tests
quick:
    .venv/bin/ruff check .
    .venv/bin/ruff format --check .
    .venv/bin/mypy
    .venv/bin/lint-imports
    .venv/bin/python -m pytest -q -n auto -m quick

# all everyday tests
all *options:
    .venv/bin/python -m pytest -q -n auto --dist worksteal {{options}}

# the tests that take some seconds each
thorough *options:
    .venv/bin/python -m pytest -q -n auto --dist worksteal -m 'thorough and not search' {{options}}

# random searches, each for so many seconds
search seconds="60":
    SEARCH_SECONDS={{seconds}} .venv/bin/python -m pytest -q -m search

# mend what ruff can mend
fix:
    .venv/bin/ruff check --fix .
    .venv/bin/ruff format .

# speed, as ratios to other ways
bench *options:
    .venv/bin/pip install -q -e '.[bench]'
    .venv/bin/python -m pytest tests/benchmarks -o python_files='bench_*.py' {{options}}

# the whole gate, then the packages in dist/; nothing is published
release: _clean _dated
    .ci/run
    .venv/bin/python -m build --outdir dist
    @echo "now: git tag v$(.venv/bin/python -c 'import engine; print(engine.__version__)')"

# a release has nothing that is not committed
_clean:
    @test -z "$(git status --porcelain)" || { echo "commit everything first"; exit 1; }

# a release is a dated section of the changelog
_dated:
    @version=$(.venv/bin/python -c 'import engine; print(engine.__version__)'); \
        grep -q "^## \[$version\] - 20" CHANGELOG.md || { echo "date the section $version of CHANGELOG.md first"; exit 1; }
