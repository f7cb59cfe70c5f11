"use strict";

const WORDS = {
  vi: {
    title: "Phản hồi này nói về điều gì?", text: "Phản hồi của khách hàng", send: "Gắn nhãn", keys: "hoặc Ctrl + Enter",
    token: "Mã truy cập (nếu máy chủ yêu cầu)", tokenNote: "Chỉ giữ trong trang này, đóng trang là mất.",
    touchpoint: "Điểm chạm", factor: "Yếu tố", sentiment: "Cảm xúc", sure: "Độ chắc chắn", quote: "Trích lời",
    none: "Không thấy nhận xét về điểm chạm nào.", overall: "Cảm xúc chung", review: "Nên có người xem lại.",
    truncated: "Phản hồi quá dài, chỉ phần đầu được gắn nhãn.", other: "English",
    positive: "khen", negative: "chê", neutral: "trung tính", mixed: "vừa khen vừa chê",
    401: "Cần mã truy cập: hãy nhập mã vào ô phía trên.", 413: "Phản hồi quá dài.", 422: "Phản hồi trống hoặc quá dài.",
    429: "Máy chủ đang bận, hãy thử lại sau ít giây.", 504: "Máy chủ chưa trả lời kịp, hãy thử lại sau.",
    failed: "Không gắn nhãn được; nhật ký của máy chủ có ghi lý do.", away: "Không kết nối được với máy chủ.",
  },
  en: {
    title: "What is this comment about?", text: "A customer's comment", send: "Show its tags", keys: "or Ctrl + Enter",
    token: "Token (if the server asks for one)", tokenNote: "Kept in this page only, gone when it is closed.",
    touchpoint: "Touchpoint", factor: "Factor", sentiment: "Sentiment", sure: "How sure", quote: "Quote",
    none: "No touchpoint is judged here.", overall: "Overall", review: "Somebody should look at it.",
    truncated: "The comment is too long, only its beginning was tagged.", other: "Tiếng Việt",
    positive: "positive", negative: "negative", neutral: "neutral", mixed: "mixed",
    401: "A token is needed: give it in the field above.", 413: "The comment is too long.", 422: "The comment is empty or too long.",
    429: "The server is busy, try again in a few seconds.", 504: "The server did not answer in time, try again later.",
    failed: "The comment could not be tagged; the server's log says why.", away: "The server cannot be reached.",
  },
};
const byId = (id) => document.getElementById(id);
let language = "vi";
let shown = null;
let problem = null;
let names = null;

const word = (key) => WORDS[language][key] ?? String(key);
const name = (kind, id) => names?.[kind]?.[id]?.[language] ?? id;

function element(tag, text, className = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  made.className = className;
  return made;
}

// Offsets count Unicode characters, JavaScript's strings count halves of some: so an array of characters.
function marked(characters, mentions) {
  const parts = [];
  let at = 0;
  for (const mention of [...mentions].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const start = Math.max(mention.start, at);
    if (mention.end <= start) continue;
    parts.push(document.createTextNode(characters.slice(at, start).join("")));
    const tone = ["positive", "negative"].includes(mention.sentiment) ? mention.sentiment : "";
    const mark = element("mark", characters.slice(start, mention.end).join(""), tone);
    mark.title = `${name("touchpoints", mention.touchpoint)} · ${name("factors", mention.factor)} · ${word(mention.sentiment)}`;
    parts.push(mark);
    at = mention.end;
  }
  parts.push(document.createTextNode(characters.slice(at).join("")));
  return parts;
}

function row(mention) {
  const made = document.createElement("tr");
  const sure = `${Math.round(100 * mention.confidence)}${language === "vi" ? "%" : " %"}`;
  const cells = [name("touchpoints", mention.touchpoint), name("factors", mention.factor), word(mention.sentiment), sure, mention.quote];
  made.append(...cells.map((text) => element("td", text)));
  return made;
}

function draw() {
  document.documentElement.lang = language;
  for (const place of document.querySelectorAll("[data-say]")) place.textContent = word(place.dataset.say);
  byId("language").textContent = word("other");
  byId("language").lang = language === "vi" ? "en" : "vi";
  byId("problem").hidden = problem === null;
  byId("problem").textContent = problem === null ? "" : word(problem in WORDS.vi ? problem : "failed");
  byId("result").hidden = shown === null;
  if (shown === null) return;
  const { text, tags } = shown;
  byId("marked").replaceChildren(...marked(Array.from(text), tags.mentions));
  const said = [`${word("overall")}: ${word(tags.sentiment)} (${Math.round(100 * tags.confidence)}%).`];
  if (tags.needs_review) said.push(word("review"));
  if (tags.truncated) said.push(word("truncated"));
  byId("overall").textContent = said.join(" ");
  byId("mentions").replaceChildren(...tags.mentions.map(row));
  byId("none").hidden = tags.mentions.length > 0;
}

function headers() {
  const token = byId("token").value.trim();
  return { "Content-Type": "application/json", ...(token ? { Authorization: `Bearer ${token}` } : {}) };
}

async function send(event) {
  event.preventDefault();
  const text = byId("text").value;
  byId("send").disabled = true;
  try {
    const answer = await fetch("tag", { method: "POST", headers: headers(), body: JSON.stringify({ text }) });
    problem = answer.ok ? null : answer.status;
    shown = answer.ok ? { text, tags: await answer.json() } : null;
    if (answer.ok && names === null) {
      const labels = await fetch("labels", { headers: headers() });
      names = labels.ok ? await labels.json() : null;
    }
  } catch {
    problem = "away";
    shown = null;
  }
  byId("send").disabled = false;
  draw();
}

byId("form").addEventListener("submit", send);
byId("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) byId("form").requestSubmit();
});
byId("language").addEventListener("click", () => {
  language = language === "vi" ? "en" : "vi";
  draw();
});
draw();
