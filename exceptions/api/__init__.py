"""REST under `/api/v1/`: one module per resource; what they have in common is in endpoint, problems and schema."""
