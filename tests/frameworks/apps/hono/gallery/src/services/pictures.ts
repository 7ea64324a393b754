export interface Picture {
  id: number
  owner: string
}

export class PictureService {
  private readonly pictures: Picture[] = []

  all(): Picture[] {
    return this.pictures
  }

  find(id: number): Picture | undefined {
    return this.all().find((picture) => picture.id === id)
  }

  of(owner: string): Picture[] {
    return this.all().filter((picture) => picture.owner === owner)
  }
}
