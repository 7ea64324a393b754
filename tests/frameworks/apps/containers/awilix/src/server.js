'use strict'

const fastify = require('fastify')()
const { fastifyAwilixPlugin, diContainer } = require('@fastify/awilix')
const { asClass, asFunction, asValue, aliasTo, createContainer, InjectionMode } = require('awilix')
const { PlantRepository, makeClock } = require('./plants')
const { PlantService, SeedService } = require('./services')

fastify.register(fastifyAwilixPlugin, { disposeOnClose: true })
diContainer.register({
  plantRepository: asClass(PlantRepository).singleton(),
  plantService: asClass(PlantService).scoped(),
  plants: aliasTo('plantService'),
  clock: asFunction(makeClock).singleton(),
  season: asValue('spring')
})

const seeds = createContainer({ injectionMode: InjectionMode.CLASSIC })
seeds.register('seedService', asClass(SeedService)).register('plantRepository', asClass(PlantRepository))

fastify.get('/plants', async (request) => request.diScope.resolve('plantService').list())
fastify.get('/plants/today', async () => fastify.diContainer.cradle.plants.today())
fastify.get('/seeds', async () => seeds.resolve('seedService').list())

fastify.listen({ port: 3000, host: '0.0.0.0' })
