// The convolution explorer.
function mount(key, data) {}
function render({ model, el }) {}
function initialize({ model }) {}
export default { render, initialize, mount };
