"""Canonical JSON, identity, fields, instants and layout, attacked from what the design promises."""
