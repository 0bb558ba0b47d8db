"""Results as text, for people and for programs. Renderers return strings; only cli prints."""
