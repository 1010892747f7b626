// The answer page in a browser, as a rep meets it: on a phone and on a desk, by day and by night, by finger and by
// keyboard alone. A judge of accessibility looks at every state. Prints 'ok NAME' or 'not ok NAME' for each thing.
//
//     node page.js URL OTHER FOLDER    URL: the page of a message of which nothing is answered; OTHER: of another rep,
//                                      in whose browser it is opened then; FOLDER: for the pictures
'use strict';
const fs = require('fs');
const path = require('path');
const puppeteer = require('puppeteer-core');

const [url, other, folder] = process.argv.slice(2);
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const screens = [
    { name: 'phone', width: 390, height: 844, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
    { name: 'desk', width: 1280, height: 900, deviceScaleFactor: 1 },
];
const grounds = ['light', 'dark'];
const TOUCH = 44; // px that a finger needs
const TEXT = 16; // px that an eye on a phone needs
let failed = false;

function verdict(good, name, detail) {
    console.log((good ? 'ok ' : 'not ok ') + name);
    if (!good && detail) console.log('    ' + detail);
    failed = failed || !good;
}

async function judge(page, name) {
    await page.evaluate(axe);
    const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations', 'incomplete'] }));
    const say = (rows) =>
        rows.map((row) => row.id + ': ' + row.nodes.map((node) => node.html.slice(0, 120)).join(' | ')).join('\n    ');
    verdict(found.violations.length === 0, name + ': nothing stands in anybody\'s way', say(found.violations));
    const unsure = found.incomplete.filter((row) => row.id === 'color-contrast');
    verdict(unsure.length === 0, name + ': every contrast could be measured', say(unsure));
}

// What is too small to press or to read, and whether anything must be scrolled sideways.
async function measure(page, name) {
    const sizes = await page.evaluate((touch, text) => {
        const seen = (element) => element.checkVisibility();
        const pressed = [...document.querySelectorAll('button, input:not([type=hidden]), textarea, summary, a')];
        const small = pressed.filter((e) => seen(e) && e.getBoundingClientRect().height < touch - 0.5);
        const words = [...document.querySelectorAll('main *')].filter(
            (e) => seen(e) && [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim() !== ''));
        const tiny = words.filter((e) => parseFloat(getComputedStyle(e).fontSize) < text - 0.05);
        const tell = (list) => list.map((e) => e.outerHTML.slice(0, 100)).join(' | ');
        return { small: tell(small), tiny: tell(tiny), wide: document.documentElement.scrollWidth > innerWidth };
    }, TOUCH, TEXT);
    verdict(sizes.small === '', name + ': a finger can press it all', sizes.small);
    verdict(sizes.tiny === '', name + ': all of it can be read', sizes.tiny);
    verdict(!sizes.wide, name + ': nothing is wider than the screen');
}

async function open(browser, screen, ground, target) {
    const page = await browser.newPage();
    await page.setViewport(screen);
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: ground }]);
    // It also says when a page comes with a status of 400 and more, which the tests look at themselves.
    page.on('console', (line) => line.type() === 'error' && !/Failed to load resource/.test(line.text()) &&
        verdict(false, 'the browser complains of nothing', line.text()));
    await page.goto(target, { waitUntil: 'load' });
    return page;
}

const unfold = (page) =>
    page.evaluate(() => document.querySelectorAll('details').forEach((e) => { e.open = true; }));
const picture = (page, name) => page.screenshot({ path: path.join(folder, name + '.png'), fullPage: true });

// Presses Tab until the wanted button has the focus, and unfolds what is folded on the way; null when it never comes.
async function tabTo(page, wanted) {
    for (let i = 0; i < 60; i++) {
        await page.keyboard.press('Tab');
        const folded = await page.evaluate(() => document.activeElement.matches('.card:not([open])>summary'));
        if (folded) await page.keyboard.press('Enter');
        const at = await page.evaluate(() => {
            const style = getComputedStyle(document.activeElement);
            return { value: document.activeElement.value, ring: style.outlineStyle + ' ' + style.outlineWidth };
        });
        if (at.value === wanted) return at;
    }
    return null;
}

const status = (page) => page.evaluate(() => (document.querySelector('[role=status]') || {}).textContent || '');
const alarm = (page) => page.evaluate(() => (document.querySelector('[role=alert]') || {}).textContent || '');

async function keyboard(browser) {
    const page = await open(browser, screens[1], 'light', url);
    const at = await tabTo(page, 'no_answer');
    verdict(at !== null, 'keyboard: Tab comes to a button');
    verdict(at !== null && /solid 3px/.test(at.ring), 'keyboard: where the focus is can be seen', at && at.ring);
    await picture(page, 'focus');
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    verdict(/(没联系上|no answer)/.test(await status(page)), 'keyboard: the answer is said back', await status(page));
    await judge(page, 'after the keyboard');
    await page.close();
}

// Enter in the field of the date must not press "Done".
async function enter(browser) {
    const page = await open(browser, screens[1], 'light', url);
    await unfold(page);
    await page.focus('input[type=date]');
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    verdict(/(日期|date)/.test(await alarm(page)), 'Enter in an empty date says what is wrong', await alarm(page));
    await picture(page, 'trouble');
    await judge(page, 'a date that is wrong');
    await page.close();
}

async function finger(browser) {
    const page = await open(browser, screens[0], 'light', url);
    await unfold(page);
    await page.type('textarea', '客户在开会 <b>& 下午再打');
    const day = await page.$eval('input[type=date]', (field) => field.min);
    await page.$eval('input[type=date]', (field, value) => { field.value = value; }, day);
    await Promise.all([page.waitForNavigation(), page.tap('button[value=date]:not([hidden])')]);
    verdict(/(改期|another date)/.test(await status(page)), 'finger: another date is said back', await status(page));
    await picture(page, 'done-phone');
    await unfold(page);
    await Promise.all([page.waitForNavigation(), page.tap('button[value=done]')]);
    verdict(/(已完成|done)/.test(await status(page)), 'finger: done is said back', await status(page));
    await judge(page, 'after the finger');
    await picture(page, 'settled-phone');
    await page.close();
}

// The browser has answered as one rep; the link of another one is refused, and the button there is enough.
async function stranger(browser) {
    for (const screen of screens) {
        for (const ground of grounds) {
            const name = 'another rep, ' + screen.name + '-' + ground;
            const page = await open(browser, screen, ground, other);
            verdict(/(这条消息是发给|This message is for)/.test(await alarm(page)), name + ': it is refused',
                await alarm(page));
            verdict(await page.$('textarea') === null, name + ': nothing can be answered');
            await picture(page, 'stranger-' + screen.name + '-' + ground);
            await measure(page, name);
            await judge(page, name);
            await page.close();
        }
    }
    const page = await open(browser, screens[1], 'light', other);
    const at = await tabTo(page, 'yes');
    verdict(at !== null && /solid 3px/.test(at.ring), 'another rep: Tab comes to the button, and it can be seen');
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    verdict(await page.$('textarea') !== null && page.url() === other, 'another rep: the button leads to the page',
        page.url());
    await judge(page, 'another rep, after the button');
    await page.goto(url, { waitUntil: 'load' });
    verdict(/(这条消息是发给|This message is for)/.test(await alarm(page)), 'another rep: the first link is refused now');
    await page.close();
}

async function main() {
    fs.mkdirSync(folder, { recursive: true });
    const browser = await puppeteer.launch({
        executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
        args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--lang=zh-CN'],
    });
    try {
        for (const screen of screens) {
            for (const ground of grounds) {
                const name = screen.name + '-' + ground;
                const page = await open(browser, screen, ground, url);
                await picture(page, name);
                await unfold(page);
                await picture(page, name + '-open');
                await measure(page, name);
                await judge(page, name);
                await page.close();
            }
        }
        const refused = await open(browser, screens[0], 'light', url.replace(/.$/, (c) => (c === 'A' ? 'B' : 'A')));
        await judge(refused, 'a link that is not ours');
        await picture(refused, 'forged');
        await refused.close();
        await keyboard(browser);
        await enter(browser);
        await finger(browser);
        await stranger(browser);
    } finally {
        await browser.close();
    }
    process.exit(failed ? 1 : 0);
}

main().catch((error) => {
    console.log('not ok the browser could be driven');
    console.log(String(error.stack));
    process.exit(1);
});
