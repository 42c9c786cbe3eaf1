"""The Transforming Together Workbench: from interview codings to published findings."""
