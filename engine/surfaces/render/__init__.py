"""Renderers of results: text, Markdown, HTML, CSV, SVG, SARIF, JUnit and GitHub annotations."""
