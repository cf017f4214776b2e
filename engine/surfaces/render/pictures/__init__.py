"""Drawings of decision diagrams: layered layout, text measurement, splitting, and output as SVG, Mermaid and DOT."""
