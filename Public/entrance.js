// The form that asks for a client token, where the gateway wants one.

import { keepToken } from "./gateway.js";
import { $ } from "./dom.js";

const [form, field] = [$("entrance"), $("token")];

export function askForToken(enter) {
    form.hidden = false;
    field.focus();
    form.onsubmit = (event) => {
        event.preventDefault();
        keepToken(field.value.trim());
        field.value = "";
        enter();
    };
}
