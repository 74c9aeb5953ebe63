// The page's own start: the studio on the whole page, asking the server that it came from.
import { mount } from "./app.js";
import { HttpTransport } from "./transport.js";

if (new URLSearchParams(location.search).has("token")) {
  history.replaceState(null, "", location.pathname); // the cookie has it now
}
mount(document.getElementById("studio"), { transport: new HttpTransport(), storage: "page" });
