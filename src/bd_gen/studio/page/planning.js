// The plan of what is drawn: asking for it, keeping what is shown, dragging it, and making one possible.
import { debounced } from "./dom.js";
import { withPlot } from "./plot.js";
import { Searches } from "./searches.js";
import { boxesOf, labelsOf, sketchOf, withLink, withRoom } from "./state.js";
import { T } from "./texts.js";

export const QUICK = 0.03; // effort for a new plan at once,
const SLOW = 0.4; // and for making it better when nothing was changed for a while
const MOST_NAMED = 3; // things that a drag would break; all of them would push the buttons out of sight

/** The part of the studio that plans; `App` has the document and the panes. */
export class Planning extends Searches {
  constructor() {
    super();
    this.asked = 0;
    this.inFlight = 0;
    this.refine = debounced(() => this.tidy(), 600);
  }

  /**
   * Ask for the plan of what is drawn; the newest question counts.
   * With `tidy`, its walls are moved until it is better; with `stays`, the boxes that are kept are shown as they are.
   */
  async ask(effort, { tidy = false, stays = false } = {}) {
    this.asked += 1;
    const number = this.asked;
    const doc = this.store.present;
    this.view.offer = null;
    if (!doc.rooms.length) {
      this.view.plan = this.view.reason = null;
      this.plan.draw();
      return;
    }
    this.abort?.abort();
    this.abort = new AbortController();
    this.inFlight += 1;
    try {
      const answer = await this.while(this.transport.ask("plan", { sketch: sketchOf(doc), boxes: boxesOf(doc), effort, tidy, stays }, this.abort.signal));
      if (number === this.asked) this.answered(answer, tidy);
    } catch (error) {
      if (number === this.asked) {
        delete this.root.dataset.better;
        this.failed(error);
      }
    } finally {
      this.inFlight -= 1;
    }
  }

  /** A new plan is made better; one that somebody has dragged, opened or gone back to stays as it is. */
  tidy() {
    if (!this.isFresh || this.plan.drag || this.bubbles.drag) delete this.root.dataset.better;
    else if (!this.inFlight) this.ask(SLOW, { tidy: true }); // an edit under way comes first, and is made better in its turn
  }

  answered(answer, isTidied) {
    this.isFresh = Boolean(answer.plan) && !isTidied && (answer.is_new || this.isFresh);
    if (this.isFresh) {
      this.root.dataset.better = "soon";
      this.refine();
    } else delete this.root.dataset.better;
    this.view.reason = answer.plan ? null : answer;
    this.view.plot = answer.plot;
    if (answer.before) this.view.plan = answer.before;
    if (answer.plan) {
      this.view.plan = answer.plan;
      const { present } = this.store;
      this.store.amend({ ...present, rooms: present.rooms.map((room, k) => ({ ...room, box: answer.plan.boxes[k] })) }, true);
    }
    this.brief.mark();
    this.bubbles.draw();
    this.plan.draw();
    this.changed?.(this.store.present, this.view);
  }

  askDrag(boxes, room, to) {
    return this.while(this.transport.ask("drag", { sketch: sketchOf(this.store.present), boxes, room, to }));
  }

  /** A drag has ended: take where the plan went; offer to change what kept it from going further. */
  dragged(answer, k) {
    const doc = this.store.present;
    const rooms = doc.rooms.map((room, at) => ({ ...room, box: answer.plan.boxes[at] }));
    this.view.plan = answer.plan;
    this.store.commit({ ...doc, rooms }, true);
    if (!answer.broken.length && !answer.broken_rules.length) {
      this.say(answer.is_snapped ? T.dragSnapped : T.ready);
      return;
    }
    const labels = labelsOf(doc);
    const relations = answer.broken.map(({ pair: [i, j], was, is }) => T.wouldBe(labels[doc.rooms[i].id], this.relationWords(was), labels[doc.rooms[j].id], this.relationWords(is)));
    const all = [...relations, ...answer.broken_rules.map((k) => T.theRule(doc.rules[k].text))];
    const text = all.slice(0, MOST_NAMED).join("; ") + T.andMore(all.length - MOST_NAMED);
    this.view.offer = { answer, k, text };
    this.asked += 1; // what is under way does not wipe the offer away
    delete this.root.dataset.better;
    this.plan.draw();
    this.showPane("plan");
  }

  takeOffer() {
    const { answer } = this.view.offer;
    let doc = this.store.present;
    for (const { pair: [i, j], is } of answer.broken) doc = withLink(doc, doc.rooms[i].id, doc.rooms[j].id, { relation: is });
    this.view.offer = null;
    const rules = doc.rules.filter((_, k) => !answer.broken_rules.includes(k));
    this.store.commit({ ...doc, rules, rooms: doc.rooms.map((room, k) => ({ ...room, box: answer.wished[k] })) });
  }

  dropOffer() {
    this.view.offer = null;
    this.plan.draw();
  }

  /** One click that makes a plan possible. */
  take(proposal) {
    const doc = this.store.present;
    const ids = doc.rooms.map((room) => room.id);
    if (proposal.free === "relation") {
      const [a, b] = proposal.pair.map((k) => ids[k]);
      this.store.commit(withLink(doc, a, b, null));
    } else if (proposal.free === "rule") this.store.commit({ ...doc, rules: doc.rules.filter((_, k) => k !== proposal.rule) });
    else if (proposal.free === "place") this.store.commit(withRoom(doc, ids[proposal.room], { placed: false }));
    else if (proposal.free === "room area") this.store.commit(withRoom(doc, ids[proposal.room], { area: undefined }));
    else if (proposal.free === "entrance") this.store.commit(withPlot(doc, { entrance: "" }));
    else if (proposal.free === "plot") this.store.commit(withPlot(doc, { size: "", corners: "", setbacks: {} }));
    else {
      const { [proposal.type]: _, ...areas } = doc.areas;
      this.store.commit({ ...doc, areas });
    }
  }
}
