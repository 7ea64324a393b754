"""Tenants of an office building: ready-made account routers, overrides of dependencies, a root path."""

from accounts import current_user, fastapi_users, optional_user
from fastapi import Depends, FastAPI
from ports import Leases, User, lease_store
from storage import MemoryLeases

app = FastAPI(root_path="/office", docs_url=None, redoc_url=None)
app.dependency_overrides[Leases] = lambda: MemoryLeases([])
app.dependency_overrides[lease_store] = MemoryLeases.open

app.include_router(fastapi_users.get_register_router(User, User), prefix="/auth")
app.include_router(fastapi_users.get_reset_password_router(), prefix="/auth")
app.include_router(fastapi_users.get_verify_router(User), prefix="/auth")
app.include_router(fastapi_users.get_users_router(User, User), prefix="/users")


@app.get("/leases")
async def leases(store: Leases = Depends(), user: User = Depends(current_user)) -> list[str]:
    return store.find(user.name)


@app.get("/leases/{number}")
async def lease(number: str, store: Leases = Depends(lease_store), user: User = Depends(optional_user)) -> list[str]:
    return store.find(number)


@app.on_event("startup")
def add_admin() -> None:
    from admin import admin

    app.include_router(admin, prefix="/admin")
