verify comment.json
