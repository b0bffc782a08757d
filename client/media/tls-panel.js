// Draws the "TLS & stackguard" page from the pictures that the extension sends. Must stay true: text is set as text, never as HTML.
// @ts-check
(() => {
  const vscode = acquireVsCodeApi();
  const content = /** @type {HTMLElement} */ (document.getElementById('content'));

  /** @param {string} tag @param {string} [className] @param {string} [text] */
  function element(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function row(body, name, value, meaning, state, stateText, changed) {
    const made = body.insertRow();
    made.className = state;
    const head = element('th', '', name);
    head.setAttribute('scope', 'row');
    made.append(head);
    const means = made.insertCell();
    means.append(element('span', 'meaning', meaning));
    if (stateText) means.append(' ', element('span', 'state', state === 'differs' ? `≠ ${stateText}` : stateText));
    if (changed) means.append(' ', dot());
    made.insertCell().append(element('code', '', value));
  }
  function table(picture) {
    const made = element('table', 'places');
    made.append(element('caption', 'hidden', 'Where the current g is kept'));
    const body = made.createTBody();
    for (const line of picture.lines) row(body, line.name, line.value, line.meaning, line.state, line.stateText, line.changed);
    row(body, 'SP', picture.sp.value, picture.sp.on, 'other', '', picture.sp.changed);
    return made;
  }
  function dot() {
    const made = element('span', 'dot', '●');
    made.title = 'changed since the last stop';
    made.setAttribute('aria-label', 'changed');
    return made;
  }

  function gauge(stack) {
    const made = element('section', stack.live ? 'gauge live' : 'gauge');
    const head = element('h3');
    head.append(element('span', 'name', stack.name), element('span', 'size', ` stack ${stack.size}`));
    if (stack.live) head.append(' ', element('span', 'badge', 'SP is here'));
    if (stack.warning) head.append(' ', element('span', 'warning', stack.warning));
    const bar = element('div', 'bar');
    bar.setAttribute('role', 'img');
    bar.setAttribute('aria-label', stack.words);
    for (const part of stack.parts) {
      const piece = element('div', `part ${part.kind}`);
      piece.style.flexBasis = `${part.percent}%`;
      piece.title = part.title;
      bar.append(piece);
    }
    if (stack.sp >= 0) {
      const mark = element('div', 'mark');
      mark.style.left = `${stack.sp}%`;
      mark.title = stack.spText;
      bar.append(mark);
    }
    const legend = element('ul', 'legend');
    legend.setAttribute('aria-hidden', 'true'); // the bar's own label says it
    for (const part of stack.parts) {
      const item = element('li');
      item.append(element('i', `swatch ${part.kind}`), element('span', '', part.text));
      legend.append(item);
    }
    legend.append(element('li', 'sptext', `${stack.live ? '▲' : '△'} ${stack.spText}`));
    const ends = element('div', 'ends');
    ends.append(element('span', '', `lo ${stack.lo}`), element('span', '', `hi ${stack.hi}`));
    if (stack.cut) ends.insertBefore(element('span', 'small', 'not to scale'), ends.lastChild);
    made.append(head, bar, ends, legend);
    return made;
  }

  function stepButton(text) {
    const made = element('button', 'primary', text);
    made.addEventListener('click', () => vscode.postMessage({ kind: 'step' }));
    return made;
  }

  function draw(message) {
    content.classList.toggle('running', message.kind === 'running');
    if (message.kind === 'running') return;
    if (message.kind === 'nothing') { content.replaceChildren(element('p', 'empty', message.text), stepButton(message.button)); return; }
    if (message.kind === 'trouble') { content.replaceChildren(element('p', 'empty', message.text)); return; }
    const { picture } = message;
    const head = element('header');
    head.append(element('h2', '', picture.title), element('div', 'moment', picture.moment));
    const notes = picture.notes.map((text) => element('p', 'note', text));
    content.replaceChildren(head, table(picture), ...notes, ...picture.gauges.map(gauge));
    vscode.postMessage({ kind: 'rendered', text: content.innerText });
  }

  window.addEventListener('message', (event) => draw(event.data));
  vscode.postMessage({ kind: 'ready' });
})();
