// A client of Tend's native protocol: events in, results out, over ZeroMQ. One file to copy; it needs the package
// `zeromq` (6 or later).
//
//     const { Tend } = require('./tend_client')
//
//     const tend = new Tend('ipc:///var/lib/tend/run/ingest.sock')
//     const result = await tend.send({
//       id: 'evt-1', source: 'shop', time: '2026-01-15T10:30:00+08:00', customerId: 'C1',
//       orderPlaced: { orderId: 'SO-1', total: '1280.50 USD' },
//     })
//     if (!result.stored) console.log(result.field, result.reason)
//     await tend.close()
//
// Events of one moment go together in one request, at most a hundred, and sixteen requests are on their way at once;
// who sends more waits. A request that is not answered in time is sent again, and so is one that is answered 429 or
// 503, for as long as it takes: an event is known by its source and id, so the same again changes nothing. Nothing is
// written to the disk: what has no result yet is lost with the process, so send it again after a start.
//
// As a program it sends standard input, one event a line, and prints what was refused:
//
//     node tend_client.js ipc:///var/lib/tend/run/ingest.sock <events.jsonl
'use strict'
const zmq = require('zeromq')

const REQUESTS = 16 // on their way at once
const BATCH = 100 // events in one request
const BODY_BYTES = 256 * 1024 // of a request, which is what Tend takes as JSON
const RESEND_MS = 3000 // an answer takes milliseconds; a start of Tend a second or two
const [PAUSE_MS, PAUSE_MOST_MS] = [500, 30000] // after 429 or 503, doubled each time

class Tend {
  #socket = new zmq.Dealer({
    linger: 0, immediate: true, reconnectInterval: 100, reconnectMaxInterval: 3000,
    heartbeatInterval: 5000, heartbeatTimeout: 10000, maxMessageSize: 2 * 1024 * 1024, sendTimeout: 0,
  })
  #waiting = [] // {event, text, resolve}, in no request yet
  #out = new Map()
  #number = 0
  #idle = []
  #sending = Promise.resolve()
  #timer
  #batch

  constructor(endpoint, batch = BATCH) {
    this.#batch = batch
    this.#socket.connect(endpoint)
    this.#timer = setInterval(() => this.#resend(), 100)
    this.#receive()
  }

  // Sends one event. The result is {stored, status, field, reason}; status is "stored", "known" (the same came before),
  // "invalid" or "conflict" (same source and id, other content).
  send(event) {
    return new Promise((resolve) => {
      this.#waiting.push({ event, text: JSON.stringify(event), resolve })
      setImmediate(() => this.#post())
    })
  }

  // Resolves when everything that was sent has its result.
  drain() {
    if (this.#out.size === 0 && this.#waiting.length === 0) return Promise.resolve()
    return new Promise((resolve) => this.#idle.push(resolve))
  }

  async close() {
    await this.drain()
    clearInterval(this.#timer)
    this.#socket.close()
  }

  // How many events have no result yet: who reads a long stream waits while they are too many.
  get pending() {
    let count = this.#waiting.length
    for (const request of this.#out.values()) count += request.group.length
    return count
  }

  #post() {
    while (this.#waiting.length > 0 && this.#out.size < REQUESTS) {
      let size = 2
      let count = 0
      while (count < this.#waiting.length && count < this.#batch) {
        size += Buffer.byteLength(this.#waiting[count].text) + 1
        if (count > 0 && size > BODY_BYTES) break
        count++
      }
      const group = this.#waiting.splice(0, count)
      const request = { group, body: '[' + group.map((one) => one.text).join(',') + ']', due: 0, pause: 0 }
      this.#out.set(String(++this.#number), request)
      this.#transmit(String(this.#number), request)
    }
  }

  #transmit(number, request) {
    request.due = Date.now() + RESEND_MS
    // One send after the other: the library refuses a second one meanwhile.
    this.#sending = this.#sending
      .then(() => this.#socket.send([number, 'POST /v1/events', 'application/json', request.body]))
      .catch(() => { request.due = Math.min(request.due, Date.now() + 100) }) // not connected now
  }

  #resend() {
    const now = Date.now()
    for (const [number, request] of this.#out) if (request.due <= now) this.#transmit(number, request)
  }

  async #receive() {
    for await (const frames of this.#socket) {
      const number = String(frames[0])
      const request = this.#out.get(number)
      if (frames.length === 4 && request) this.#answer(number, request, Number(frames[1]), String(frames[3]))
    }
  }

  #answer(number, request, status, body) {
    if (status === 429 || status >= 500) { // Tend's own trouble: it will be over
      request.pause = Math.min(Math.max(PAUSE_MS, 2 * request.pause), PAUSE_MOST_MS)
      request.due = Date.now() + request.pause
      return
    }
    this.#out.delete(number)
    const answer = JSON.parse(body)
    request.group.forEach((one, i) => {
      // Not 200: the request as a whole, which is none of its events' fault.
      const result = status === 200 ? answer.results[i] : { status: 'EVENT_STATUS_INVALID', ...answer.error }
      const word = result.status.replace('EVENT_STATUS_', '').toLowerCase()
      one.resolve({ stored: word === 'stored' || word === 'known', status: word,
                    field: result.field || '', reason: result.reason || '' })
    })
    this.#post()
    if (this.#out.size === 0 && this.#waiting.length === 0) this.#idle.splice(0).forEach((resolve) => resolve())
  }
}

async function main() {
  if (process.argv.length !== 3 && process.argv.length !== 4) {
    console.error('usage: tend_client.js ENDPOINT [EVENTS_IN_A_REQUEST] <EVENTS')
    process.exit(2)
  }
  const tend = new Tend(process.argv[2], Number(process.argv[3] || BATCH))
  let stored = 0
  let refused = 0
  const lines = require('readline').createInterface({ input: process.stdin })
  for await (const line of lines) {
    if (line.trim() === '') continue
    const event = JSON.parse(line)
    tend.send(event).then((result) => {
      if (result.stored) stored++
      else refused++
      if (!result.stored) console.log(`${event.id}: ${result.status}: ${result.field} ${result.reason}`)
    })
    while (tend.pending > 2 * REQUESTS * BATCH) await new Promise((resolve) => setTimeout(resolve, 5))
  }
  await tend.close()
  console.log(`${stored} stored, ${refused} refused`)
  process.exit(refused > 0 ? 1 : 0)
}

module.exports = { Tend }
if (require.main === module) main()
