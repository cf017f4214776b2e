"""Boxes and arrows: where they stand, how wide a text is, what is drawn in parts; as SVG, Mermaid and DOT."""
