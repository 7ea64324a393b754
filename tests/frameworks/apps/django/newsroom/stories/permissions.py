from rest_framework.permissions import BasePermission

from .rota import on_duty


class IsEditor(BasePermission):
    def has_permission(self, request, view):
        return on_duty(request.user)
