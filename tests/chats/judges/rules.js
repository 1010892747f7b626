// The vendors' rules for what leaves, one function a chat: it gets the post and a `say` for what is wrong with it.
// Sizes are in the vendor's own unit. Vendors that publish a schema or types are judged by those as well, in judge.js.
'use strict';
const crypto = require('node:crypto');

const bytes = (text) => Buffer.byteLength(text, 'utf8');
const scalars = (text) => Array.from(text).length;

function only(say, object, keys, where) {
    for (const key of Object.keys(object))
        if (!keys.includes(key)) say(`${where} has the key ${key}`);
}

// What calls somebody in one chat or another; a text that no markup applies to must have none of it but our own.
const calls = [/@all/i, /@here/i, /@channel/i, /@everyone/i, /@13800000000/, /<!/, /<@/, /<at[ >]/i, /<\/?[a-z]/i];
function quiet(say, text, own = []) {
    for (const part of own) text = text.replace(part, '');
    for (const call of calls) if (call.test(text)) say(`it calls by ${call}`);
    if (/https?:\/\/(?!tend\.example\.com)/.test(text)) say('it has a link that is not ours');
    if (/\d[.\u3002\uff0e\uff61]\d+\.\d+\.\d|evil[.\u3002\uff0e\uff61]example/.test(text)) say('it has a host that is not ours');
    if (/[\u202a-\u202e\u2066-\u2069]/.test(text)) say('it turns the direction of writing');
    if (/\r/.test(text)) say('it has a carriage return');
}

function json_type(say, post) {
    const type = post.headers['Content-Type'] || '';
    if (!/^application\/json/.test(type)) say(`its content type is ${type}`);
    if (/\\u(?!00[01])/i.test(post.body)) say('it escapes what can be said in UTF-8');
}

const ours = 'https://tend.example.com/a/';

const rules = {
    webhook(say, post, body) {
        if (bytes(post.body) > 20000) say(`${bytes(post.body)} bytes`);
        quiet(say, body.data.text);
    },

    slack(say, post, body) {
        if (body.blocks.length > 50) say(`${body.blocks.length} blocks`);
        if (scalars(body.text) > 4000) say('a long fallback');
        quiet(say, body.text);
        if (body.mrkdwn !== false) say('its fallback is markup');
        const ids = new Set();
        for (const block of body.blocks) {
            if (block.type === 'section') {
                if (scalars(block.text.text) > 3000 || !block.text.text) say('a section of a wrong length');
                if (block.text.type === 'mrkdwn' && block.text.text !== `<@${post.address}>`) say('foreign markup');
                if (block.text.type === 'plain_text') quiet(say, block.text.text);
            } else if (block.type === 'actions') {
                if (block.elements.length < 1 || block.elements.length > 25) say('a row of a wrong length');
                for (const button of block.elements) {
                    if (button.text.type !== 'plain_text' || scalars(button.text.text) > 75) say('a label');
                    if (button.value !== undefined && button.value.length > 2000) say('a value');
                    if (button.url !== undefined && button.url.length > 3000) say('an address');
                    if (button.style !== undefined && !['primary', 'danger'].includes(button.style)) say('a style');
                    if (ids.has(button.action_id) || button.action_id.length > 255) say('an action id');
                    ids.add(button.action_id);
                }
            } else if (block.type !== 'context' && block.type !== 'divider') {
                say(`a block ${block.type}`);
            }
        }
        if (post.room > 0 && ids.size === 0) say('no buttons');
    },

    slack_api(say, post, body) {
        rules.slack(say, post, body);
        if (body.channel !== post.address) say('another channel');
        if (post.headers.Authorization !== 'Bearer xoxb-1') say('no token');
    },

    matrix(say, post, body) {
        if (post.method !== 'PUT' || !post.url.endsWith('/send/m.room.message/a1b2c3d4e5f6')) say('the way');
        if (bytes(post.body) > 65536 - 2000) say(`${bytes(post.body)} bytes`);
        only(say, body, ['msgtype', 'body', 'm.mentions'], 'it');
        if (body.msgtype !== 'm.text' || body['m.mentions'].room) say('what it is');
        if (JSON.stringify(body['m.mentions'].user_ids) !== JSON.stringify([post.address])) say('whom it mentions');
        quiet(say, body.body);
    },

    ntfy(say, post, body) {
        only(say, body, ['topic', 'title', 'message', 'priority', 'click', 'actions'], 'it');
        if (bytes(body.message) > 4096) say(`${bytes(body.message)} bytes`);
        if (body.priority < 1 || body.priority > 5) say('its priority');
        if (body.topic !== post.address) say('its topic');
        const actions = body.actions || [];
        if (actions.length > 3) say(`${actions.length} actions`);
        for (const action of actions)
            if (!['view', 'http', 'broadcast'].includes(action.action) || !action.label || !action.url) say('an action');
        quiet(say, body.title + '\n' + body.message);
    },

    telegram(say, post, body) {
        if (body.text.length < 1 || body.text.length > 4096) say(`${body.text.length} units`); // of UTF-16
        if (body.parse_mode) say('markup');
        quiet(say, body.text);
        for (const one of body.entities || [])
            if (one.type !== 'text_mention' || one.offset + one.length > body.text.length) say('an entity');
        const rows = body.reply_markup ? body.reply_markup.inline_keyboard : [];
        if (rows.flat().length > 100) say('buttons');
        for (const row of rows) {
            if (row.length > 8) say('a row');
            for (const button of row) {
                if (!button.text || (button.callback_data === undefined) === (button.url === undefined)) say('a button');
                if (button.callback_data !== undefined && !(bytes(button.callback_data) <= 64)) say('data of a button');
            }
        }
    },

    discord(say, post, body) {
        const mine = `<@${post.address}>`;
        if (scalars(body.content) > 2000 || body.content.length === 0) say(`${scalars(body.content)} characters`);
        if (JSON.stringify(body.allowed_mentions) !== JSON.stringify({ parse: [], users: [post.address] })) say('calls');
        const text = body.content.replace(mine, '').replace(/\[[^\]\n]*\]\(https:\/\/tend\.example\.com\/a\/[\w-]+\)/g, '');
        if (/(^|[^\\])\]\(/.test(text)) say('a link that is not ours');
        if (/(^|[^\\])(```|\*\*|\|\||~~|__)/.test(text)) say('markup that is not ours');
        quiet(say, text.replace(/\\/g, ''));
        const ids = new Set();
        const rows = body.components || [];
        if (rows.length > 5) say(`${rows.length} rows`);
        for (const row of rows) {
            if (row.components.length < 1 || row.components.length > 5) say('a row');
            for (const button of row.components) {
                if (scalars(button.label) > 80) say('a label');
                if (button.style === 5 ? !button.url || button.custom_id : button.url || !button.custom_id) say('a button');
                if (button.custom_id && (button.custom_id.length > 100 || ids.has(button.custom_id))) say('an id');
                ids.add(button.custom_id);
            }
        }
    },

    discord_bot(say, post, body) {
        rules.discord(say, post, body);
        if (!body.nonce || String(body.nonce).length > 25 || body.enforce_nonce !== true) say('its nonce');
    },

    mattermost(say, post, body) {
        if (scalars(body.text) > 16383) say(`${scalars(body.text)} characters`);
        only(say, body, ['text', 'channel', 'attachments', 'props', 'username', 'icon_url', 'priority'], 'it');
        const text = body.text.replace(`@${post.address}\n`, '')
            .replace(/\[[^\]\n]*\]\(https:\/\/tend\.example\.com\/a\/[\w-]+\)/g, '');
        if (/(^|[^\\])\]\(/.test(text)) say('a link that is not ours');
        quiet(say, text.replace(/\\/g, ''));
        for (const attachment of body.attachments || [])
            for (const action of attachment.actions) {
                if (!/^[a-z0-9]+$/i.test(action.id) || !action.name) say('an action');
                if (!/^https:/.test(action.integration.url) || !action.integration.context.t) say('its way back');
            }
    },

    teams(say, post, body) {
        if (bytes(post.body) > 20000) say(`${bytes(post.body)} bytes`);
        if (body.type !== 'message' || body.attachments.length !== 1) say('what it is');
        const card = body.attachments[0].content;
        const mentions = (card.msteams && card.msteams.entities) || [];
        if (mentions.length > 1 || (mentions.length && mentions[0].mentioned.id !== post.address)) say('whom it mentions');
        for (const block of card.body) {
            if (block.type === 'TextBlock' && !mentions.some((one) => one.text === block.text)) say('a text with markup');
            if (block.type === 'RichTextBlock') block.inlines.forEach((run) => quiet(say, run.text));
            if (block.type !== 'ActionSet') continue;
            if (block.actions.length > 6) say(`${block.actions.length} actions in a row`);
            if (block.actions.some((action) => action.type !== 'Action.OpenUrl')) say('an action');
        }
    },

    dingtalk(say, post, body) {
        if (bytes(post.body) > 20000) say(`${bytes(post.body)} bytes`);
        if (post.headers['Content-Type'] !== 'application/json; charset=utf-8') say('its content type');
        only(say, body, ['msgtype', 'text', 'at', 'msgUuid'], 'it');
        only(say, body.at, ['atMobiles', 'atUserIds', 'isAtAll'], 'at');
        const at = [...(body.at.atMobiles || []), ...(body.at.atUserIds || [])];
        if (body.msgtype !== 'text' || body.at.isAtAll) say('what it is');
        if (at.length > 50 || at.some((one) => !body.text.content.includes('@' + one))) say('whom it mentions');
        quiet(say, body.text.content, at.map((one) => '@' + one));
    },

    dingtalk_app(say, post, body) {
        if (post.headers['x-acs-dingtalk-access-token'] !== 'granted-token') say('no token');
        if (!body.outTrackId || body.outTrackId.length > 64) say('its id');
        if (!/^dtv1\.card\/\/IM_(ROBOT|GROUP)\./.test(body.openSpaceId)) say('where it goes');
        for (const [key, value] of Object.entries(body.cardData.cardParamMap)) {
            if (typeof value !== 'string') say(`${key} is no text`);
            if (bytes(value) > 6000) say(`${key} has ${bytes(value)} bytes`);
        }
        const map = body.cardData.cardParamMap;
        const buttons = JSON.parse(map.sys_full_json_obj || '{}').msgButtons || [];
        for (const button of buttons)
            if (!button.text || (button.request ? !button.id : !button.url.startsWith(ours))) say('a button');
        quiet(say, `${map.title}\n${map.markdown}`);
        if (/(^|[^\\])(\]\(|```|\*\*)/.test(map.markdown)) say('markup that is not ours');
    },

    wecom(say, post, body) {
        only(say, body, ['msgtype', 'text'], 'it');
        only(say, body.text, ['content', 'mentioned_list', 'mentioned_mobile_list'], 'text');
        if (body.msgtype !== 'text' || bytes(body.text.content) > 2048) say(`${bytes(body.text.content)} bytes`);
        const called = [...(body.text.mentioned_list || []), ...(body.text.mentioned_mobile_list || [])];
        if (called.length !== 1 || called[0] !== post.address) say('whom it mentions');
        quiet(say, body.text.content);
    },

    wecom_app(say, post, body) {
        if (bytes(body.text.content) > 2048) say(`${bytes(body.text.content)} bytes`);
        if (body.touser !== post.address || /[|@]/.test(body.touser) || !Number.isInteger(body.agentid)) say('to whom');
        if (body.enable_duplicate_check !== 1 || !(body.duplicate_check_interval <= 14400)) say('its check of repeats');
        if (!post.url.endsWith('access_token=granted-token')) say('no token');
        quiet(say, body.text.content);
    },

    feishu(say, post, body) {
        if (bytes(post.body) > 20 * 1024) say(`${bytes(post.body)} bytes`);
        only(say, body, ['timestamp', 'sign', 'msg_type', 'content'], 'it');
        const sign = crypto.createHmac('sha256', `${body.timestamp}\n${post.secret}`).digest('base64');
        if (body.sign !== sign || Math.abs(body.timestamp * 1000 - post.nowMs) > 1000) say('its signature');
        quiet(say, body.content.text, [`<at user_id="${post.address}"></at>`]);
    },

    feishu_app(say, post, body) {
        if (bytes(body.content) > 30 * 1024) say(`${bytes(body.content)} bytes`);
        if (!body.uuid || body.uuid.length > 50) say('its id');
        if (body.receive_id !== post.address || !post.url.endsWith('receive_id_type=open_id')) say('to whom');
        const card = JSON.parse(body.content);
        if (card.schema !== '2.0' || card.elements || !Array.isArray(card.body.elements)) say('the card');
        (function walk(node) {
            if (node === null || typeof node !== 'object') return;
            if (node.tag === 'action') say('a tag that cards of this form do not know');
            if (['markdown', 'lark_md'].includes(node.tag) && !/^<at id=/.test(node.content)) say('markup');
            if (node.tag === 'plain_text') quiet(say, node.content);
            if (node.tag === 'button' && (!node.text.content || node.behaviors.length !== 1)) say('a button');
            Object.values(node).forEach(walk);
        })(card);
    },

    xmpp(say, post, body) {
        only(say, body, ['type', 'from', 'to', 'subject', 'body'], 'it');
        if (body.to !== post.address || body.type !== 'chat') say('to whom');
        quiet(say, body.body);
    },
};

module.exports = { rules, json_type };
