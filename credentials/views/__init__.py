"""Pages for people: function views that parse, call one verb and render. URL name = view name = template name."""
