from django.http import HttpResponse
from django.middleware.common import CommonMiddleware


class SlashMiddleware(CommonMiddleware):
    """Appends slashes as Django does."""


class OpeningHours:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if self.closed():
            return HttpResponse(status=503)
        return self.get_response(request)

    def closed(self) -> bool:
        return False
