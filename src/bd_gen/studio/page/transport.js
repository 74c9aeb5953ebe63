// Asking the server. `ask` gets one answer, `search` a line at a time; both say why not in words.

/** What was asked for cannot be; the message is for people. */
export class Refused extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/** An answer; what is refused is answered with why. */
function answered(answer) {
  if (answer.error) throw new Refused(answer.error, 422);
  return answer;
}

export class HttpTransport {
  constructor() {
    this.page = crypto.randomUUID ? crypto.randomUUID() : String(Math.random()).slice(2);
  }

  async ask(name, message, signal) {
    const response = await this.post(name, "application/json", JSON.stringify(message), {}, signal);
    return answered(await response.json());
  }

  async upload(name, file) {
    const headers = { "x-file-name": encodeURIComponent(file.name.slice(0, 100)) };
    const response = await this.post(name, "application/octet-stream", file, headers);
    return answered(await response.json());
  }

  async download(name, message) {
    const response = await this.post(name, "application/json", JSON.stringify(message));
    if (!response.headers.get("content-disposition")) answered(await response.json());
    return response.blob();
  }

  async search(message, told, signal) {
    const response = await this.post("search", "application/json", JSON.stringify(message), {}, signal);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      const lines = (rest + value).split("\n");
      rest = lines.pop();
      for (const line of lines) told(JSON.parse(line));
    }
  }

  async post(name, type, body, headers = {}, signal = undefined) {
    let response;
    try {
      response = await fetch(`api/${name}`, {
        method: "POST",
        headers: { "content-type": type, "x-studio-page": this.page, ...headers },
        body,
        signal,
        credentials: "same-origin",
      });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Refused("", 0); // nobody answers
    }
    if (!response.ok) {
      let why = "";
      try {
        why = (await response.json()).error;
      } catch {
        // no words came along
      }
      throw new Refused(why || `${response.status}`, response.status);
    }
    return response;
  }
}
