"""Pages in general: layout, rendering, forms, access marks, error pages. Knows HTTP, knows no course."""
