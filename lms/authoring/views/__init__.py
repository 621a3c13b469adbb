"""The pages of this context, each loaded when it is first asked for: see `lms.authoring.routes`."""
