interface Version {
  name: string
  reports: boolean
}

export const API_PREFIX = process.env.API_PREFIX ?? '/api'

export const versions: readonly Version[] = [
  { name: 'v1', reports: false },
  { name: 'v2', reports: true },
] as const
