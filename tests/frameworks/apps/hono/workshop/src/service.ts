export class BookingService {
  private bookings = new Map<string, { id: string }>()

  all() {
    return [...this.bookings.values()]
  }

  find(id: string) {
    return this.bookings.get(id)
  }

  add(id: string) {
    this.bookings.set(id, { id })
    return { id }
  }
}
