// The chat's side of a WeCom app's callback URL, by @wecom/crypto: asks the notifier at BASE, whose channel "app" has the
// token and the key below and the corporation corp1, and whose channel "bare" has neither.
//
//     node wecom.js BASE
'use strict';
const { encrypt, getSignature } = require('@wecom/crypto');
const base = process.argv[2], token = 'QDG6eK', key = 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2B';
let failed = false;

function holds(name, fact) {
    failed = failed || !fact;
    console.log(`${fact ? 'ok' : 'not ok'} ${name}`);
}

async function call(sealed, { age = 0, sign, written = false, channel = 'app' } = {}) {
    const timestamp = String(Math.floor(Date.now() / 1000) - age), nonce = String(Math.floor(Math.random() * 1e10));
    const query = new URLSearchParams({ msg_signature: sign || getSignature(token, timestamp, nonce, sealed), timestamp, nonce });
    if (!written) query.set('echostr', sealed);
    const body = `<xml><ToUserName><![CDATA[corp1]]></ToUserName><AgentID><![CDATA[1000002]]></AgentID><Encrypt><![CDATA[${sealed}]]></Encrypt></xml>`;
    const answer = await fetch(`${base}/v1/callbacks/${channel}?${query}`,
        written ? { method: 'POST', headers: { 'content-type': 'text/xml' }, body } : {});
    return { status: answer.status, text: await answer.text(), type: answer.headers.get('content-type') };
}

(async () => {
    let wrong = 0, escaped = 0;
    for (let i = 0; i < 20; i++) {
        const word = String(BigInt(1e18) + BigInt(i) * 7919n), sealed = encrypt(key, word, 'corp1');
        const answer = await call(sealed);
        escaped += sealed.includes('+');
        wrong += answer.status !== 200 || answer.text !== word || !answer.type.startsWith('text/plain');
    }
    holds('the check of the URL is answered with the word alone', wrong === 0 && escaped > 0);
    const sealed = encrypt(key, '1616140317555161061', 'corp1');
    holds('a forged signature is refused', (await call(sealed, { sign: '0'.repeat(40) })).status === 401);
    holds('an old one too', (await call(sealed, { age: 700 })).status === 401);
    const other = await call(encrypt(key, '1616140317555161061', 'corp2'));
    holds('and what is for another corporation, with a hint', other.status === 401 && other.text.includes('corp id'));
    holds('a channel without the two files does not call back', (await call(sealed, { channel: 'bare' })).status === 404);
    const xml = encrypt(key, '<xml><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[明天去]]></Content></xml>', 'corp1');
    const first = await call(xml, { written: true }), again = await call(xml, { written: true });
    holds('what somebody writes is taken, and nothing is answered', first.status === 200 && first.text === '' && again.status === 200);
    holds('it is not opened for who asks', (await call(xml)).status === 401);
    holds('nor taken when it is forged', (await call(xml, { written: true, sign: '0'.repeat(40) })).status === 401);
    process.exit(failed ? 1 : 0);
})();
