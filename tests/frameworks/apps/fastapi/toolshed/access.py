from fastapi import Depends, HTTPException, Request, status
from fastapi.security import OAuth2PasswordBearer, SecurityScopes

scheme = OAuth2PasswordBearer(tokenUrl="token")


class Denied(Exception):
    status_code = status.HTTP_403_FORBIDDEN


class Roles:
    def __init__(self, *roles: str) -> None:
        self.roles = roles

    def __call__(self, request: Request) -> str:
        role = request.headers.get("x-role")
        if role not in self.roles:
            raise Denied
        return role


async def signed(scopes: SecurityScopes, token: str = Depends(scheme)) -> str:
    return token


async def verify(request: Request) -> None:
    if "x-shed" not in request.headers:
        raise HTTPException(status_code=404)
