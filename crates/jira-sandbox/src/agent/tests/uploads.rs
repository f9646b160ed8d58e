//! Direct Line: messages with files.

use super::*;

async fn upload(world: &World, id: &str, kind: &str, body: &str) -> Reply {
    let request = Request::post(format!("{DL}/conversations/{id}/upload?userId=dl_me"))
        .header(header::AUTHORIZATION, format!("Bearer {}", world.secret))
        .header(header::CONTENT_TYPE, kind)
        .header(header::CONTENT_DISPOSITION, "name=\"file\"; filename=\"one.jpg\"");
    world.send(request.body(Body::from(body.to_owned())).unwrap()).await
}

#[tokio::test]
async fn one_file_is_a_message() {
    let world = World::open();
    let id = world.start().await;
    let posted = upload(&world, &id, "image/jpeg", "pixels").await;
    assert_eq!((posted.status, posted.json()["id"].is_string()), (200, true));
    let activities = world.read(&id).await;
    let file = &activities[0]["attachments"][0];
    assert_eq!((&file["contentType"], &file["name"]), (&json!("image/jpeg"), &json!("one.jpg")));
    assert!(file["contentUrl"].as_str().unwrap().starts_with(BASE));
    assert_eq!(said(&activities), ["You said: one.jpg"]);
}

#[tokio::test]
async fn files_are_attached_to_the_activity_of_the_form() {
    let activity = json!({ "type": "message", "text": "Look", "from": { "id": "dl_forged" } });
    let file = "Content-Type: image/png\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"";
    for head in [
        "Content-Type: application/vnd.microsoft.activity",
        "Content-Disposition: form-data; name=\"activity\"; filename=\"blob\"\r\nContent-Type: application/vnd.microsoft.activity; charset=utf-8",
    ] {
        let world = World::open();
        let id = world.start().await;
        let body = format!(
            "--b1\r\n{head}\r\n\r\n{activity}\r\n--b1\r\n{file}\r\n\r\none\r\n--b1\r\n{file}\r\n\r\ntwo\r\n--b1--\r\n"
        );
        let posted = upload(&world, &id, "multipart/form-data; boundary=b1", &body).await;
        assert_eq!(posted.status, 200, "{posted:?}");
        let activities = world.read(&id).await;
        assert_eq!(activities[0]["attachments"].as_array().unwrap().len(), 2);
        assert_eq!(activities[0]["from"]["id"], "dl_me");
        assert_eq!(said(&activities), ["You said: Look"]);
    }
}

#[tokio::test]
async fn what_is_no_file_is_refused() {
    let world = World::open();
    let id = world.start().await;
    let form = "multipart/form-data; boundary=b1";
    for (kind, body) in [
        ("image/png", ""),
        ("multipart/form-data", "--b1\r\n\r\nx\r\n--b1--"),
        (form, ""),
        (form, "--b1--"),
        (form, "--b1\r\nno end"),
        (form, "--b1\r\nContent-Type: application/vnd.microsoft.activity\r\n\r\nno json\r\n--b1--"),
    ] {
        let reply = upload(&world, &id, kind, body).await;
        assert_eq!(reply.refusal(), (400, "BadArgument".to_owned()), "{kind} {body}");
    }
    let path = format!("{DL}/conversations/{id}/upload");
    let reply = world.post(&path, &world.secret, json!({})).await;
    assert_eq!(reply.refusal(), (400, "MissingProperty".to_owned()), "no userId");
    assert!(world.read(&id).await.is_empty());
}
