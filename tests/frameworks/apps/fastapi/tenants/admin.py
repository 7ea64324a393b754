from fastapi import APIRouter

admin = APIRouter()


@admin.get("/tenants")
def tenants() -> list[str]:
    return []
