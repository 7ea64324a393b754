'use strict'

throw new Error('a test is no plugin')
