// Draws the "Tour" page from what the extension sends: the step's text, its values, its blocks of text and the buttons.
// Must stay true: text is set as text, never as HTML; everything can be reached by keyboard.
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
  const grouped = (number) => String(number).replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f');

  function button(text, title, message, primary, disabled) {
    const made = element('button', primary ? 'primary' : '', text);
    made.title = title;
    made.disabled = disabled;
    made.addEventListener('click', () => vscode.postMessage(message));
    return made;
  }

  function steps(outline, at) {
    const made = document.createElement('select');
    made.setAttribute('aria-label', 'Steps of the tour');
    outline.steps.forEach((title, index) => {
      const option = /** @type {HTMLOptionElement} */ (element('option', '', `${index + 1}  ${title}`));
      option.value = String(index);
      option.selected = index === at;
      made.append(option);
    });
    made.addEventListener('change', () => vscode.postMessage({ kind: 'go', index: Number(made.value) }));
    return made;
  }

  function values(step) {
    const made = element('table', 'values');
    made.append(element('caption', 'hidden', 'Values at this step'));
    const body = made.createTBody();
    for (const each of step.values) {
      const row = body.insertRow();
      const head = element('th', '', each.name);
      head.setAttribute('scope', 'row');
      row.append(head);
      const cell = row.insertCell();
      cell.append(element('code', each.failed ? 'failed' : each.before === undefined ? '' : 'changed', each.value));
      if (each.before !== undefined) cell.append(element('div', 'before', `was ${each.before}`));
    }
    return made;
  }

  function draw(message) {
    if (message.kind === 'nothing') {
      content.replaceChildren(element('p', 'empty', 'No tour is going on. The command "gobuf: Start a Tour…" begins one.'));
      return;
    }
    content.classList.toggle('moving', message.kind === 'moving');
    if (message.kind === 'moving') { for (const each of content.querySelectorAll('button, select')) each.setAttribute('disabled', ''); return; }
    const { outline, step, elsewhere } = message;
    const place = element('button', 'place', step.ended ?? `${step.place.function}${step.place.line ? `:${step.place.line}` : ''}`);
    place.title = step.place.file ? `${step.place.file}:${step.place.line}` : '';
    place.disabled = !step.place.file;
    place.addEventListener('click', () => vscode.postMessage({ kind: 'place' }));
    const where = element('div', 'where');
    where.append(place, element('span', '', ` · instruction ${grouped(step.place.instruction)}`));
    const ways = element('nav');
    ways.append(
      button('← Back', 'Back in time to the step before', { kind: 'go', index: step.index - 1 }, false, step.index === 0),
      button('Next →', 'On to the next step', { kind: 'go', index: step.index + 1 }, true, step.index + 1 >= step.count),
      element('span', 'count', `${step.index + 1} / ${step.count}`),
      button('End', 'End the tour; the program stays where it is', { kind: 'end' }, false, false),
    );
    const parts = [element('div', 'tour', outline.title), steps(outline, step.index), element('h2', '', step.title), where];
    if (elsewhere) {
      const note = element('p', 'note', 'The program has been moved since. ');
      note.append(button('To this step again', 'Goes to the moment of this step', { kind: 'go', index: step.index }, false, false));
      parts.push(note);
    }
    if (step.problem !== undefined) parts.push(element('p', 'problem', `Not reached: ${step.problem}`));
    for (const paragraph of step.text.split('\n\n')) parts.push(element('p', 'text', paragraph));
    if (step.values.length > 0) parts.push(values(step));
    for (const block of step.blocks) {
      const details = document.createElement('details');
      details.open = true;
      details.append(element('summary', '', block.title));
      const pre = element('pre', '', block.text);
      pre.tabIndex = 0;
      details.append(pre);
      parts.push(details);
    }
    parts.push(ways);
    content.replaceChildren(...parts);
    vscode.postMessage({ kind: 'rendered', text: content.innerText });
  }

  window.addEventListener('message', (event) => draw(event.data));
  vscode.postMessage({ kind: 'ready' });
})();
