prove prove-shapes-in-product.json
