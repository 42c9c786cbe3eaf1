"""Pictures of results: one house style, one way out (`publish`), one module a family of plots."""
