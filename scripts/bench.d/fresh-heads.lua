-- Every request head differs from every other: by a traceparent and an x-request-id, as behind a tracing proxy, or by a field that no
-- server knows, where the script's argument is "unknown".
local count = 0
local head
local form = "traceparent: 00-4bf92f3577b34da6a3ce929d%08x-00f067aa%08x-01\r\nx-request-id: 7f000001-%08x\r\n\r\n"

init = function(arguments)
    head = "GET " .. wrk.path .. " HTTP/1.1\r\nHost: " .. wrk.headers["Host"] .. "\r\nAccept: application/json\r\n"
    -- Of the options' headers only the credential: the others are the same for every server.
    local credential = wrk.headers["Authorization"]
    if credential then head = head .. "Authorization: " .. credential .. "\r\n" end
    if arguments[1] == "unknown" then
        form = "x-session: 00-4bf92f3577b34da6a3ce929d%08x-00f067aa%08x-01\r\nx-basket-id: 7f000001-%08x\r\n\r\n"
    end
end

request = function()
    count = count + 1
    return head .. string.format(form, count, count, count)
end
