// Sends to a real ingest what shops and others send, with their own packages where there are any, and looks at what is
// answered and stored.
//
//     node judge.js PORT BODIES FOLDER     BODIES has shopify/ and woocommerce/; FOLDER is ingest's, with its secrets
'use strict';
const { execFileSync } = require('node:child_process');
const crypto = require('node:crypto');
const fs = require('node:fs');
const http = require('node:http');
const net = require('node:net');
const path = require('node:path');

const [port, bodies, folder] = process.argv.slice(2);
let failed = false;

function check(name, troubles) {
    console.log(`${troubles.length === 0 ? 'ok' : 'not ok'} judges: ${name}`);
    for (const trouble of troubles.slice(0, 8)) console.log(`    ${trouble}`);
    failed = failed || troubles.length > 0;
}

function send(target, headers, body, method = 'POST') {
    return new Promise((resolve, reject) => {
        const options = { host: '127.0.0.1', port, path: target, method, headers };
        const request = http.request(options, (response) => {
            const parts = [];
            response.on('data', (part) => parts.push(part));
            response.on('end', () => resolve({ status: response.statusCode, headers: response.headers,
                body: Buffer.concat(parts).toString() }));
        });
        request.on('error', reject);
        request.end(body);
    });
}

const read = (preset) => fs.readdirSync(path.join(bodies, preset)).filter((name) => name.endsWith('.json')).sort()
    .map((name) => ({ name, body: fs.readFileSync(path.join(bodies, preset, name)) }));
const secret = (name) => fs.readFileSync(path.join(folder, 'feeds.d', `${name}.secret`), 'utf8').trim();
const journal = () => execFileSync('tend', ['journal', 'ingest'], { cwd: folder, maxBuffer: 1 << 26, encoding: 'utf8' })
    .split('\n').filter((line) => line.includes('"source"'));
const from = (source) => journal().filter((line) => line.includes(`"source":"${source}"`));
// The ids of what is written down for a preset and is not refused.
const written = (preset) => {
    const lines = fs.readFileSync(path.join(bodies, `${preset}.expected`), 'utf8').split('\n');
    return new Set(lines.filter((line, i) => line.startsWith('{') && !lines[i + 1].startsWith('  refused'))
        .map((line) => JSON.parse(line).id));
};

// All the events that are written down, each once; the two feeds have one source, so that the ids are those there.
function stored(preset, except) {
    const ids = from('shop').map((line) => /"id":"([^"]*)"/.exec(line)[1]);
    return [...written(preset)].filter((id) => !(except && id.startsWith(except)) && ids.filter((other) => other === id).length !== 1)
        .map((id) => `${id} is not stored once`);
}

async function shopify() {
    require('@shopify/shopify-api/adapters/node');
    const { shopifyApi } = require('@shopify/shopify-api');
    const { createSHA256HMAC, HashFormat } = require('@shopify/shopify-api/runtime');
    const api = shopifyApi({ apiKey: 'key', apiSecretKey: secret('shop'), hostName: 'localhost', scopes: [],
        apiVersion: '2025-07', isEmbeddedApp: false, logger: { level: 0 } });
    const valid = async (body, headers) =>
        (await api.webhooks.validate({ rawBody: body, rawRequest: { headers }, rawResponse: {} })).valid;
    const headers_of = (sign) => ({ 'content-type': 'application/json', 'x-shopify-topic': 'orders/updated',
        'x-shopify-shop-domain': 'weberei-ost.myshopify.com', 'x-shopify-api-version': '2025-07',
        'x-shopify-webhook-id': crypto.randomUUID(), 'x-shopify-event-id': crypto.randomUUID(),
        'x-shopify-triggered-at': '2026-06-10T08:00:00.123456789Z', 'x-shopify-hmac-sha256': sign });
    const good = [], bad = [], redact = 'customers_redact.json';
    for (let round = 0; round < 2; round++) {
        for (const { name, body } of read('shopify')) {
            if (name === redact) continue;
            const text = body.toString('utf8');
            const headers = headers_of(await createSHA256HMAC(secret('shop'), text, HashFormat.Base64));
            if (!await valid(text, headers)) good.push(`${name}: the package does not believe its own signature`);
            const answer = await send('/v1/feeds/shop', headers, body);
            if (answer.status !== 200) good.push(`${name}: ${answer.status} ${answer.body}`);
            const others = [[`${text} `, headers],
                [text, headers_of(await createSHA256HMAC('shpss_another', text, HashFormat.Base64))]];
            for (const [other, signed] of others) {
                const refused = await send('/v1/feeds/shop', signed, other);
                if (await valid(other, signed)) bad.push(`${name}: the package believes it`);
                if (refused.status !== 401 || refused.body !== '') bad.push(`${name}: ${refused.status} ${refused.body}`);
            }
        }
    }
    check('what the package of Shopify signs is taken, twice', good);
    check('what it does not believe is refused without a word', bad);
    check('each of its events is stored once', stored('shopify', 'customer_erased:'));
    const body = fs.readFileSync(path.join(bodies, 'shopify', redact));
    const left = () => journal().filter((line) => line.includes('"customerId":"9007199254749905129"') &&
        !line.includes('customerErased')).length;
    const before = left();
    const answer = await send('/v1/feeds/shop', headers_of(crypto.createHmac('sha256', secret('shop')).update(body)
        .digest('base64')), body);
    for (let tries = 0; tries < 100 && left() > 0; tries++) await new Promise((resolve) => setTimeout(resolve, 100));
    check('customers/redact erases what is stored of the customer',
        answer.status === 200 && before > 0 && left() === 0 ? [] : [`${answer.status}: ${before}, then ${left()}`]);
}

async function cloudevents() {
    const { CloudEvent, HTTP } = require('cloudevents');
    const troubles = [];
    const event = (id, more = {}) => new CloudEvent({ id, source: 'judge', type: 'tend.v1.order_shipped',
        time: '2026-06-01T10:00:00.000Z', subject: 'C 1/ü', data: { orderId: `SO-${id}` }, ...more });
    const post = async (name, message, wanted) => {
        const answer = await send('/v1/events', message.headers, message.body);
        if (answer.status !== wanted) troubles.push(`${name}: ${answer.status} ${answer.body}`);
        return answer;
    };
    const traced = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
    await post('structured', HTTP.structured(event('s1')), 200);
    await post('structured with an extension', HTTP.structured(event('s2', traced)), 200);
    await post('binary', HTTP.binary(event('b1', { subject: 'C1' })), 200);
    await post('binary with an extension', HTTP.binary(event('b2', { subject: 'C1', ...traced })), 200);
    await post('the same again', HTTP.binary(event('b1', { subject: 'C1' })), 200);
    await post('other content', HTTP.structured(event('s1', { data: { orderId: 'other' } })), 409);
    const batch = { headers: { 'content-type': 'application/cloudevents-batch+json; charset=utf-8' },
        body: JSON.stringify(['m1', 'm2', 'm3'].map((id) => event(id).toJSON())) };
    const answer = await post('batch', batch, 200);
    if (!answer.body.includes('"stored":3')) troubles.push(`batch: ${answer.body}`);
    await post('an empty batch', { ...batch, body: '[]' }, 200);
    const unknown = await post('an unknown type', HTTP.structured(event('u1', { type: 'tend.v1.order_eaten' })), 400);
    if (!unknown.body.includes('type')) troubles.push(`an unknown type: ${unknown.body}`);
    check('the package of CloudEvents sends structured, binary and batches', troubles);
    const lines = from('judge');
    check('its events are stored once each', lines.length === 7 ? [] : [`${lines.length}, not 7`]);
}

// A post as WordPress's own client sends it: HTTP/1.0, the connection is closed behind it.
function wordpress(headers, body) {
    const head = ['POST /v1/feeds/woo HTTP/1.0', `Host: 127.0.0.1:${port}`, 'Accept: */*', 'Connection: close',
        'User-Agent: WooCommerce/9.8.5 Hookshot (WordPress/6.8)', `Content-Length: ${Buffer.byteLength(body)}`,
        ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), '', ''].join('\r\n');
    return new Promise((resolve, reject) => {
        const socket = net.connect(port, '127.0.0.1', () => { socket.write(head); socket.write(body); });
        let text = '';
        socket.on('data', (part) => { text += part; });
        socket.on('end', () => resolve({ status: Number(/^HTTP\/1\.[01] (\d+)/.exec(text)?.[1]),
            body: text.slice(text.indexOf('\r\n\r\n') + 4) }));
        socket.on('error', reject);
    });
}

async function woocommerce() {
    const hook = { 'X-WC-Webhook-Source': 'https://shop.example/', 'X-WC-Webhook-ID': '142' };
    const troubles = [];
    const ping = await wordpress({ 'Content-Type': 'application/x-www-form-urlencoded', ...hook }, 'webhook_id=142');
    check('a ping of WooCommerce gets exactly 200', ping.status === 200 ? [] : [`${ping.status} ${ping.body}`]);
    const post = (name, body, sign) => wordpress({ 'Content-Type': 'application/json', 'X-WC-Webhook-Topic': 'order.updated',
        'X-WC-Webhook-Resource': 'order', 'X-WC-Webhook-Event': 'updated', 'X-WC-Webhook-Signature': sign,
        // A hash of the hook and the second: the same for all of them here.
        'X-WC-Webhook-Delivery-ID': 'd41d8cd98f00b204e9800998ecf8427e', ...hook }, body);
    for (const { name, body } of read('woocommerce')) {
        const sign = crypto.createHmac('sha256', secret('woo')).update(body).digest('base64');
        const answer = await post(name, body, sign);
        if (answer.status < 200 || answer.status > 299) troubles.push(`${name}: ${answer.status} ${answer.body}`);
        const refused = await post(name, body, sign.replace(/^./, (letter) => (letter === 'A' ? 'B' : 'A')));
        if (refused.status !== 401 || refused.body !== '') troubles.push(`${name}, forged: ${refused.status}`);
    }
    check('deliveries of WooCommerce are taken, forged ones are not', troubles);
    check('each of its events is stored once, though all share a delivery id', stored('woocommerce'));
}

// How the others prove who they are, for a body and a secret: a query and headers.
const proofs = {
    youzan: (body, secret) => ['', { 'event-sign': crypto.createHash('md5')
        .update(Buffer.concat([Buffer.from(JSON.parse(body).client_id), body, Buffer.from(secret)])).digest('hex') }],
    odoo: (body, secret) => [`?key=${secret}`, {}],
    erpnext: (body, secret) =>
        ['', { 'x-frappe-webhook-signature': crypto.createHmac('sha256', secret).update(body).digest('base64') }],
    debezium: (body, secret) => ['', { authorization: `Bearer ${secret}` }],
};

async function others() {
    for (const [preset, prove] of Object.entries(proofs)) {
        const troubles = [];
        for (const { name, body } of read(preset)) {
            const post = ([query, headers]) =>
                send(`/v1/feeds/${preset}${query}`, { 'content-type': 'application/json', ...headers }, body);
            const answer = await post(prove(body, secret(preset)));
            if (answer.status !== 200) troubles.push(`${name}: ${answer.status} ${answer.body}`);
            if (preset === 'youzan' && answer.body !== '{"code":0,"msg":"success"}') troubles.push(`${name}: ${answer.body}`);
            const refused = await post(prove(body, `${secret(preset)}0`));
            // Youzan's heartbeat is answered to anybody.
            const wanted = preset === 'youzan' && name === 'heartbeat.json' ? 200 : 401;
            if (refused.status !== wanted) troubles.push(`${name}, forged: ${refused.status}`);
        }
        check(`what ${preset} sends is taken, what is forged is not`, troubles);
        check(`each event of ${preset} is stored once`, stored(preset));
    }
}

async function rejected() {
    // Over HTTP that needs a token.
    const list = JSON.parse(execFileSync('tend', ['rejected', '--limit', '500', '--json'], { cwd: folder, encoding: 'utf8',
        maxBuffer: 1 << 26 }));
    // What was asked about the customer who was forgotten since is gone with it.
    const wanted = ['shopify', 'woocommerce', ...Object.keys(proofs)].map((preset) =>
        fs.readFileSync(path.join(bodies, `${preset}.expected`), 'utf8').split('\n').filter((line) =>
            line.startsWith('kept for a person') && !line.includes('9007199254749905129')).length)
        .reduce((a, b) => a + b);
    const rows = list.rejected ?? [];
    check('what nothing could be made of is kept for a person, once',
        rows.length === wanted ? [] : [`${rows.length}, not ${wanted}: ${JSON.stringify(list)}`]);
    const odd = rows.filter((row) => (row.times ?? 1) !== (row.feed === 'shop' ? 2 : 1));
    check('and how often it came is known', odd.map((row) => JSON.stringify(row)));
}

(async () => {
    for (const judge of [shopify, cloudevents, woocommerce, others, rejected]) {
        try {
            await judge();
        } catch (error) {
            check(`${judge.name} ends`, [error.stack]);
        }
    }
    process.exit(failed ? 1 : 0);
})();
