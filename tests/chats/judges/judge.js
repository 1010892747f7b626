// Judges what chats_posts writes: by the rules of rules.js, and by packages of others: signatures, cards, types, and
// callbacks that they sign or accept and that our own drivers must take, or refuse, alike.
//
//     node judge.js CHATS_POSTS FOLDER      FOLDER has node_modules, and room for one file to be checked by tsc
'use strict';
const { execFileSync, spawnSync } = require('node:child_process');
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { rules, json_type } = require('./rules.js');

const [program, folder] = process.argv.slice(2);
let failed = false;

function check(name, troubles) {
    console.log(`${troubles.length === 0 ? 'ok' : 'not ok'} judges: ${name}`);
    for (const trouble of troubles.slice(0, 8)) console.log(`    ${trouble}`);
    failed = failed || troubles.length > 0;
}

// One check over all posts of some chats.
function each(name, chats, judge) {
    const troubles = [];
    let count = 0;
    for (const post of posts) {
        if (!chats.includes(post.chat)) continue;
        count++;
        const where = `${post.chat}, ${post.letter}, ${post.native ? 'own buttons' : post.buttons ? 'links' : 'text'}`;
        try {
            judge((trouble) => troubles.push(`${where}: ${trouble}`), post, JSON.parse(post.body));
        } catch (error) {
            troubles.push(`${where}: ${error.message}`);
        }
    }
    check(name, count > 0 ? troubles : ['there is no such post']);
}

const posts = execFileSync(program, { maxBuffer: 1 << 26, encoding: 'utf8' }).trim().split('\n').map((line) => JSON.parse(line));
check('every driver writes every letter', posts.filter((post) => post.trouble).map((post) => `${post.chat}: ${post.trouble}`));
for (const chat of Object.keys(rules))
    each(`${chat} keeps the chat's rules and calls nobody else`, [chat], (say, post, body) => {
        json_type(say, post);
        rules[chat](say, post, body);
    });

// --- packages

const { Webhook } = require('standardwebhooks');
const date = Date.now;
function at(ms, what) {
    const RealDate = Date;
    global.Date = class extends RealDate {
        constructor(...words) { super(...(words.length ? words : [ms])); }
        static now() { return ms; }
    };
    try { return what(); } finally { global.Date = RealDate; }
}
each('standardwebhooks verifies the signature, and not that of another body', ['webhook'], (say, post) => {
    const hook = new Webhook(post.secret);
    at(post.nowMs, () => hook.verify(post.body, post.headers));
    let refused = false;
    try { at(post.nowMs, () => hook.verify(post.body + ' ', post.headers)); } catch { refused = true; }
    if (!refused) say('a changed body passes');
});

const { HTTP } = require('cloudevents');
each('cloudevents reads it as an event', ['webhook'], (say, post) => {
    const headers = Object.fromEntries(Object.entries(post.headers).map(([key, value]) => [key.toLowerCase(), value]));
    const event = HTTP.toEvent({ headers, body: post.body });
    if (event.id !== post.headers['webhook-id'] || event.type !== 'tend.message' || event.specversion !== '1.0') say('it');
    if (!event.validate()) say('not valid');
});

const cards = require('adaptivecards/dist/adaptivecards.js');
each('adaptivecards parses the card and finds nothing wrong', ['teams'], (say, post, body) => {
    const card = new cards.AdaptiveCard(), context = new cards.SerializationContext();
    card.parse(body.attachments[0].content, context);
    for (let i = 0; i < context.eventCount; i++) say(context.getEventAt(i).message);
    for (const found of card.validateProperties().validationEvents) say(found.message);
    if (card.getItemCount() !== body.attachments[0].content.body.length) say('it lost a part');
});

const builders = require('@discordjs/builders');
each("Discord's builders take every button", ['discord', 'discord_bot'], (say, post, body) => {
    for (const row of body.components || []) {
        const built = new builders.ActionRowBuilder();
        for (const one of row.components) built.addComponents(new builders.ButtonBuilder(one));
        if (built.toJSON().components.length !== row.components.length) say('a row');
    }
});

async function dingtalk() {
    const axios = require('axios');
    const { Dingtalk } = require('push-all-in-one');
    const post = posts.find((one) => one.chat === 'dingtalk');
    let sent;
    const adapter = async (config) => {
        sent = axios.getUri(config);
        return { data: { errcode: 0, errmsg: 'ok' }, status: 200, statusText: 'OK', headers: {}, config };
    };
    axios.defaults.adapter = (axios.default || axios).defaults.adapter = adapter;
    Date.now = () => post.nowMs;
    try {
        const robot = new Dingtalk({ DINGTALK_ACCESS_TOKEN: 'T', DINGTALK_SECRET: post.secret });
        await robot.send('title', 'text', { msgtype: 'text' });
    } finally {
        Date.now = date;
    }
    const sign = (url) => JSON.stringify(['access_token', 'timestamp', 'sign'].map((key) => new URL(url).searchParams.get(key)));
    check('push-all-in-one signs for DingTalk as we do', sent && sign(sent) === sign(post.url) ? [] : [`${sent} ${post.url}`]);
}

// --- types: what tsc says to each post as a literal of the vendor's type

function types() {
    const kinds = {
        slack: ["import type { KnownBlock } from '@slack/types';", '{ text: string; mrkdwn: boolean; blocks: KnownBlock[] }'],
        slack_api: ['', '{ channel: string; text: string; mrkdwn: boolean; blocks: KnownBlock[] }'],
        telegram: ["import type { ApiMethods } from '@grammyjs/types';", "Parameters<ApiMethods<unknown>['sendMessage']>[0]"],
        discord: ["import type { RESTPostAPIWebhookWithTokenJSONBody, RESTPostAPIChannelMessageJSONBody } from 'discord-api-types/v10';",
            'RESTPostAPIWebhookWithTokenJSONBody'],
        discord_bot: ['', 'RESTPostAPIChannelMessageJSONBody'],
    };
    const lines = Object.values(kinds).map((kind) => kind[0]);
    for (const [i, post] of posts.entries())
        if (kinds[post.chat]) lines.push(`export const ${post.chat}_${i}: ${kinds[post.chat][1]} = ${post.body};`);
    fs.writeFileSync(path.join(folder, 'posts.ts'), lines.join('\n') + '\n');
    const tsc = require.resolve('typescript/bin/tsc');
    const options = { noEmit: true, strict: true, skipLibCheck: true, target: 'es2022', module: 'nodenext', types: [] };
    fs.writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['posts.ts'] }));
    const result = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
    check('tsc finds each post to be of the vendor\'s type (Slack, Telegram, Discord)',
        result.status === 0 ? [] : result.stdout.trim().split('\n').map((line) => line.slice(0, 300)));
}

// --- callbacks

const now_ms = 1700000000000, seconds = String(now_ms / 1000);
const slackSecret = '8f742231b10e8888abcd99yyyzzz85a5', ticket = 'AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBk';

function slackCall(change = {}) {
    const { isValidSlackRequest } = require('@slack/bolt/dist/receivers/verify-request.js');
    const payload = { type: 'block_actions', user: { id: 'U012AB3CD' }, actions: [{ action_id: 'tend.1', value: ticket }],
        response_url: 'https://hooks.slack.com/actions/T/1/x' };
    const body = 'payload=' + encodeURIComponent(JSON.stringify(payload));
    const stamp = change.stamp || seconds;
    const sign = 'v0=' + crypto.createHmac('sha256', change.secret || slackSecret).update(`v0:${stamp}:${body}`).digest('hex');
    const sent = body + (change.more || '');
    return {
        chat: 'slack_api', verify: slackSecret, nowMs: now_ms, body: sent,
        headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-slack-signature': sign, 'x-slack-request-timestamp': stamp },
        judged: isValidSlackRequest({ signingSecret: slackSecret, body: sent, nowMilliseconds: now_ms,
            headers: { 'x-slack-signature': sign, 'x-slack-request-timestamp': Number(stamp) } }),
    };
}

async function discordCall(change = {}) {
    const { verifyKey } = require('discord-interactions');
    const { privateKey, publicKey } = discordCall.keys ||= crypto.generateKeyPairSync('ed25519');
    const key = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex');
    const body = JSON.stringify({ type: 3, token: 'x', member: { user: { id: '80351110224678912' } }, data: { custom_id: ticket } });
    const sign = crypto.sign(null, Buffer.from(seconds + body), privateKey).toString('hex');
    const sent = body + (change.more || ''), stamp = change.stamp || seconds;
    return {
        chat: 'discord_bot', verify: key, nowMs: now_ms, body: sent,
        headers: { 'content-type': 'application/json', 'x-signature-ed25519': sign, 'x-signature-timestamp': stamp },
        judged: await verifyKey(sent, sign, stamp, key),
    };
}

async function feishuCall(change = {}) {
    const { EventDispatcher } = require('@larksuiteoapi/node-sdk');
    const key = 'ek_test_key', nothing = () => {};
    const silent = { error: nothing, warn: nothing, info: nothing, debug: nothing, trace: nothing };
    const event = { schema: '2.0', header: { event_id: 'e1', event_type: 'card.action.trigger', token: 't' },
        event: { operator: { open_id: 'ou_abc' }, token: 'c', action: { tag: 'button', value: { ticket, as: 'open_id' } },
            context: { open_message_id: 'om_1', open_chat_id: 'oc_1' } } };
    const iv = crypto.randomBytes(16);
    const cipher = crypto.createCipheriv('aes-256-cbc', crypto.createHash('sha256').update(key).digest(), iv);
    const sealed = Buffer.concat([iv, cipher.update(JSON.stringify(event)), cipher.final()]).toString('base64');
    const body = JSON.stringify({ encrypt: sealed });
    const sign = crypto.createHash('sha256').update(seconds + 'n0nce' + (change.key || key) + body).digest('hex');
    const headers = { 'content-type': 'application/json', 'x-lark-request-timestamp': seconds, 'x-lark-request-nonce': change.nonce || 'n0nce',
        'x-lark-signature': sign };
    let heard = false;
    const dispatcher = new EventDispatcher({ encryptKey: key, logger: silent })
        .register({ 'card.action.trigger': async () => { heard = true; } });
    await dispatcher.invoke(Object.assign(Object.create({ headers }), JSON.parse(body)));
    return { chat: 'feishu_app', verify: key, nowMs: now_ms, body, headers, judged: heard };
}

function hear(calls) {
    return execFileSync(program, ['hear'], { input: calls.map((one) => JSON.stringify(one)).join('\n') + '\n', encoding: 'utf8' })
        .trim().split('\n').map((line) => JSON.parse(line));
}

// What the chat calls back with: for the corporation of the channel in posts.c, unless it is another one's.
function wecomCall(say, { token = 'QDG6eK', key, corp = 'corp1', stamp = seconds, nonce = '1372623149', asks = true, forged } = {}) {
    const { encrypt, getSignature, decrypt } = require('@wecom/crypto');
    const unlock = 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2B';
    const sealed = encrypt(key || unlock, say, corp);
    const params = { msg_signature: getSignature(token, stamp, nonce, forged ? encrypt(unlock, say, corp) : sealed), timestamp: stamp, nonce };
    if (asks) params.echostr = sealed;
    const body = asks ? '' : `<xml><ToUserName><![CDATA[corp1]]></ToUserName><Encrypt><![CDATA[${sealed}]]></Encrypt></xml>`;
    const read = key ? null : decrypt(unlock, sealed);
    return { chat: 'wecom_app', verify: 'QDG6eK', unlock, nowMs: now_ms, headers: {}, params, body, plain: read && read.message };
}

function wecom() {
    const number = () => String(crypto.randomInt(2 ** 47)) + crypto.randomInt(1000);
    const written = '<xml><FromUserName><![CDATA[wang]]></FromUserName><Content><![CDATA[明天去]]></Content></xml>';
    const taken = Array.from({ length: 40 }, (_, i) => wecomCall(number().slice(0, 1 + i % 17)));
    const passed = Array.from({ length: 40 }, (_, i) => wecomCall(written + ' '.repeat(i), { asks: false }));
    const refused = [{ token: 'another' }, { key: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG' }, { corp: 'corp2' }, { corp: 'corp12' },
        { stamp: String(Number(seconds) - 700) }, { stamp: String(Number(seconds) + 700) }, { forged: true }]
        .flatMap((change) => [wecomCall('123', change), wecomCall(written, { ...change, asks: false })]);
    refused.push(wecomCall(written)); // what somebody wrote is not opened for who asks
    const judge = (calls, good) => hear(calls).flatMap((answer, i) => good(answer, calls[i]) ? [] :
        [`call ${i}: we say "${answer.heard}" and "${answer.words}" (${answer.trouble}) to ${calls[i].plain}`]);
    check("callbacks of WeCom (@wecom/crypto): the URL's check is answered with what was sealed",
        judge(taken, (answer, call) => answer.heard === 'hello' && answer.words === call.plain));
    check('callbacks of WeCom: what somebody writes is passed over', judge(passed, (answer) => answer.heard === 'nothing'));
    check('callbacks of WeCom: forged, old or of another corporation they are refused', judge(refused, (answer) => answer.heard === ''));
}

async function callbacks() {
    const calls = {
        'Slack (bolt)': [slackCall(), slackCall({ secret: 'another' }), slackCall({ more: '&x=1' }),
            slackCall({ stamp: String(Number(seconds) - 400) })],
        'Discord (discord-interactions)': [await discordCall(), await discordCall({ more: ' ' }), await discordCall({ stamp: '1700000001' })],
        'Feishu (node-sdk)': [await feishuCall(), await feishuCall({ key: 'another' }), await feishuCall({ nonce: 'other' })],
    };
    for (const [name, asked] of Object.entries(calls)) {
        const troubles = hear(asked).flatMap((answer, i) => {
            const good = i === 0 ? answer.heard === 'button' && asked[i].judged : answer.heard === '' && !asked[i].judged;
            return good ? [] : [`call ${i}: we say "${answer.heard}" (${answer.trouble}), they say ${asked[i].judged}`];
        });
        check(`callbacks of ${name}: what they accept we hear, what they refuse we refuse`, troubles);
    }
}

(async () => {
    await dingtalk();
    types();
    await callbacks();
    wecom();
    process.exit(failed ? 1 : 0);
})();
