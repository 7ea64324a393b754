"""The API's surface against its OpenAPI contract."""
