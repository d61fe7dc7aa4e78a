const description = document.getElementById("description");

SwaggerUIBundle({
  url: description.dataset.document,
  domNode: description,
  deepLinking: true,
  validatorUrl: null,
  tryItOutEnabled: false,
  persistAuthorization: false,
  defaultModelsExpandDepth: 0,
});
