'use strict'

const { fastify } = require('fastify')

const app = fastify({ routerOptions: { caseSensitive: false, ignoreTrailingSlash: true } })

app.register(async function buckets (bucket) {
  bucket.get('/', listBuckets)
  bucket.get('/:bucket/', getBucket)
  bucket.get('/:bucket/*', getObject)
  bucket.put('/:bucket/:key', putObject)
  bucket.get('/:bucket/:key/versions/:version(^v\\d+$)', getVersion)
}, { prefix: '/buckets' })

app.get('/thumbnails/:name-:width(^\\d+)x:height(^\\d+).png', thumbnail)
app.get('/exports/:year(^\\d{4}$)/:month(^(?:0[1-9]|1[0-2])$)', monthly)
app.get('/downloads/:file.zip', download)
app.get('/at/:hour(^\\d{2})h:minute(^\\d{2})m', atTime)
app.post('/jobs/:id(^\\d+)::cancel', cancelJob)
app.post('/jobs::purge', purgeJobs)
app.get('/share/:token?', share)
app.get('/v:major/about', about)
app.get('/static/*', asset)
app.get('/Media/Upper', media)
app.get('/search', { constraints: { version: '1.0.0' } }, searchV1)
app.get('/search', { constraints: { version: '2.0.0' } }, searchV2)
app.all('/echo', echo)
app.options('*', cors)

async function listBuckets () { return [] }
async function getBucket (request) { return request.params }
async function getObject (request) { return request.params['*'] }
async function putObject (request) { return request.params }
async function getVersion (request) { return request.params }
async function thumbnail (request) { return request.params }
async function monthly (request) { return request.params }
async function download (request) { return request.params }
async function atTime (request) { return request.params }
async function cancelJob (request) { return request.params }
async function purgeJobs () { return {} }
async function share (request) { return request.params }
async function about (request) { return request.params }
async function asset (request) { return request.params['*'] }
async function media () { return {} }
async function searchV1 () { return { version: 1 } }
async function searchV2 () { return { version: 2 } }
async function echo (request) { return request.body ?? {} }
async function cors (request, reply) { return reply.code(204).send() }

module.exports = app
