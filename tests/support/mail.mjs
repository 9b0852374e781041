// The mails that the program writes as files where no SMTP server is set.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { waitFor } from './wait.mjs';

/**
 * @typedef {object} Mail
 * @property {string} to address of the first recipient
 * @property {string} from
 * @property {string} subject
 * @property {string} text
 * @property {string} html
 * @property {Map<string, unknown>} headers
 * @property {string | undefined} url first URL of the text part: the link that acts
 * @property {string | undefined} token what follows the # of that URL
 * @property {string} raw
 */

/** @returns {Promise<Mail>} */
export async function parseMail(raw) {
  const parsed = await simpleParser(raw, { skipHtmlToText: true, skipTextToHtml: true });
  const text = parsed.text ?? '';
  const url = /https?:\/\/\S+/.exec(text)?.[0];
  return {
    to: parsed.to?.value[0]?.address ?? '',
    from: parsed.from?.value[0]?.address ?? '',
    subject: parsed.subject ?? '',
    text,
    html: parsed.html || '',
    headers: parsed.headers,
    url,
    token: url?.includes('#') ? url.slice(url.indexOf('#') + 1) : undefined,
    raw: raw.toString('utf8'),
  };
}

export class Mailbox {
  /** @type {Map<string, Mail>} */
  #read = new Map();
  #taken = new Set();

  /** @param {string} folder `$GUICHET_DATA_DIR/mail` */
  constructor(folder) {
    this.folder = folder;
  }

  /**
   * Waits for a mail that no earlier call took.
   * @param {{to?: string, subject?: RegExp}} [wanted]
   */
  async take(wanted = {}) {
    return waitFor(`a mail ${describe(wanted)}`, async () => {
      for (const [name, mail] of await this.#refresh()) {
        if (!this.#taken.has(name) && matches(mail, wanted)) {
          this.#taken.add(name);
          return mail;
        }
      }
      return undefined;
    });
  }

  /**
   * Every mail that is there now, taken or not. To state that a mail was *not* sent, first take one
   * that was caused later.
   * @param {{to?: string, subject?: RegExp}} [wanted]
   */
  async list(wanted = {}) {
    return [...(await this.#refresh()).values()].filter((mail) => matches(mail, wanted));
  }

  async #refresh() {
    const names = await readdir(this.folder).catch(() => []);
    for (const name of names.filter((file) => file.endsWith('.eml')).sort()) {
      if (!this.#read.has(name)) {
        this.#read.set(name, await parseMail(await readFile(join(this.folder, name))));
      }
    }
    return this.#read;
  }
}

function matches(mail, { to, subject }) {
  return (!to || mail.to === to) && (!subject || subject.test(mail.subject));
}

function describe({ to, subject }) {
  return (
    [to && `to ${to}`, subject && `about ${subject}`].filter(Boolean).join(' ') || 'of any kind'
  );
}
