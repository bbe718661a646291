-- Every request head differs from every other, as it does behind a tracing proxy: a fresh traceparent and x-request-id.
local count = 0
local head

init = function()
    head = "GET " .. wrk.path .. " HTTP/1.1\r\nHost: " .. wrk.headers["Host"] .. "\r\nAccept: application/json\r\n"
    -- Of the options' headers only the credential: the others are the same for every server.
    local credential = wrk.headers["Authorization"]
    if credential then head = head .. "Authorization: " .. credential .. "\r\n" end
end

request = function()
    count = count + 1
    return head .. string.format(
        "traceparent: 00-4bf92f3577b34da6a3ce929d%08x-00f067aa%08x-01\r\nx-request-id: 7f000001-%08x\r\n\r\n",
        count, count, count)
end
