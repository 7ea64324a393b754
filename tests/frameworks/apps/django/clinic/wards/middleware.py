from django.contrib.auth.models import AnonymousUser

from .log import write


class AuditMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.user = AnonymousUser()
        write(request.path)
        return self.get_response(request)
