from fastapi import APIRouter, Depends

from .deps import Member, current_member
from .loans import loans

members = APIRouter(prefix="/members", dependencies=[Depends(current_member)])


@members.get("/me")
def me(branch: str, member: Member = Depends(current_member)) -> str:
    return member.name


@members.delete("/{name}", status_code=204)
def remove(branch: str, name: str) -> None:
    return None


members.include_router(loans, prefix="/{name}/loans")
