"""Results as text, Markdown, HTML, SVG, SARIF, JUnit and GitHub annotations."""
