"""What things are: envelope, objects, identity, schema, layout, errors. Imports no engine."""
