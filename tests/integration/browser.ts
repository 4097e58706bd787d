/** One visit of pages by HTTP alone, as a browser makes it: cookies, redirects, and the one form of a page. */
class Browser {
  readonly #cookies = new Map<string, string>();
  #page = { url: "", text: "" };

  /** The words of the page, without markup. */
  get words(): string {
    return this.#page.text
      .replace(/<(script|style)\b.*?<\/\1>/gs, " ")
      .replace(/<[^>]*>/g, " ")
      .replace(/\s+/g, " ");
  }

  /** Opens a page and follows redirects. */
  async open(url: string, body?: URLSearchParams): Promise<void> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await fetch(url, {
      redirect: "manual",
      ...(body === undefined ? {} : { method: "POST", body }),
      headers: { cookie },
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.#cookies.set(name, value);
    }
    const location = answer.headers.get("location");
    if (location !== null) return this.open(new URL(location, url).href);
    this.#page = { url, text: await answer.text() };
  }

  /** Sends the form of the page, with what its hidden fields hold. Raises if there is none. */
  async submit(fields: Record<string, string>): Promise<void> {
    const { text, url } = this.#page;
    const form = /<form\b([^>]*)>(.*?)<\/form>/s.exec(text);
    if (form === null) throw new Error(`there is no form on the page: ${this.words}`);
    const [, head = "", content = ""] = form;
    const hidden = [...content.matchAll(/<input\b[^>]*type="hidden"[^>]*>/g)].map(([input]) => [
      attributeOf(input, "name"),
      attributeOf(input, "value"),
    ]);
    const body = new URLSearchParams({ ...(Object.fromEntries(hidden) as Record<string, string>), ...fields });
    await this.open(new URL(attributeOf(head, "action"), url).href, body);
  }

  has(field: string): boolean {
    return this.#page.text.includes(`name="${field}"`);
  }
}

function attributeOf(tag: string, name: string): string {
  return (new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? "").replaceAll("&amp;", "&");
}

/** Signs in at a device page that has the code in its address, and consents if it asks. Answers the words of the last page. */
export async function signInAt(
  address: string,
  { username, password }: { username: string; password: string },
  consents = true,
): Promise<string> {
  const browser = new Browser();
  await browser.open(address);
  await browser.submit({ username, password });
  if (browser.has("accept")) await browser.submit(consents ? { accept: "Yes" } : { cancel: "No" });
  return browser.words;
}
