from ninja.security import APIKeyHeader


class ApiKey(APIKeyHeader):
    param_name = "X-API-Key"

    def authenticate(self, request, key):
        return key


class Auditor(ApiKey):
    param_name = "X-Auditor"
