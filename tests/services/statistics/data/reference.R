# What R says about seeded and hand-made follow-up data: the kept tables beside this file.
#
#   Rscript reference.R OUTPUT_DIRECTORY
#
# Needs the package survival. One table per kind of figure, numbers with 17 digits, NA for none.

suppressPackageStartupMessages(library(survival))
set.seed(20260301, kind = "Mersenne-Twister", normal.kind = "Inversion", sample.kind = "Rejection")

out <- commandArgs(trailingOnly = TRUE)[1]
types <- c("log-log", "log", "plain")

table_of <- function(name, frame) {
  numeric <- vapply(frame, is.numeric, logical(1))
  frame[numeric] <- lapply(frame[numeric], function(x) {
    ifelse(is.finite(x), formatC(x, digits = 17, format = "g", width = 1), "NA")
  })
  write.csv(frame, file.path(out, paste0(name, ".csv")), row.names = FALSE, quote = FALSE)
}

trial <- function(n, hazard, follow_up) {
  event <- ceiling(rexp(n, hazard))
  censor <- sample(follow_up, n, replace = TRUE)
  data.frame(time = pmin(event, censor),
             cause = ifelse(event <= censor, sample(1:2, n, replace = TRUE, prob = c(3, 1)), 0))
}

data <- list(
  trial60          = trial(60, 1 / 900, 400:1096),
  trial60_early    = trial(60, 1 / 200, 30:400),
  trial60_tied     = transform(trial(60, 1 / 900, 400:1096), time = 91 * ceiling(time / 91)),
  centre9          = trial(9, 1 / 500, 100:1096),
  centre2          = trial(2, 1 / 500, 100:1096),
  dense            = trial(80, 1 / 6, 1:12),
  continuous       = data.frame(time = rexp(40, 1 / 300), cause = sample(0:2, 40, TRUE)),
  no_event         = data.frame(time = c(30, 60, 60, 90), cause = 0),
  all_events       = data.frame(time = sample(1:30, 25, TRUE), cause = 1),
  all_events_tied  = data.frame(time = c(7, 7, 7), cause = 1),
  tie_event_censor = data.frame(time = c(5, 5, 5, 8), cause = c(1, 0, 0, 1)),
  flat_half_to_end = data.frame(time = c(1, 2, 3, 4), cause = c(1, 1, 0, 0)),
  flat_half_drops  = data.frame(time = c(1, 2, 8, 9), cause = c(1, 1, 1, 0)),
  near_ties        = data.frame(time = c(0.3, 0.1 + 0.2, 1, 1 + 1e-9, 2, 2 + 1e-7),
                                cause = c(1, 0, 1, 1, 0, 1)),
  band_turns_back  = data.frame(
    time = rep(c(1:6, 8:12), c(3, 1, 1, 5, 2, 1, 4, 5, 2, 6, 2)),
    cause = c(1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 0, 0, 1, 1, 1,
              1, 0, 1))
)

subjects <- curves <- quantiles <- landmarks <- means <- incidences <- NULL
for (name in names(data)) {
  d <- data[[name]]
  subjects <- rbind(subjects, data.frame(dataset = name, d))
  tau <- min(1095.75, max(d$time))
  at <- c(0, unique(round(quantile(d$time, c(.1, .5, .9), type = 1), 6)), 182.625, 1095.75)
  for (type in types) {
    fit <- survfit(Surv(time, cause == 1) ~ 1, data = d, conf.type = type)
    full <- summary(fit, times = fit$time)
    curves <- rbind(curves, data.frame(
      dataset = name, conf_type = type, time = fit$time, at_risk = fit$n.risk,
      events = fit$n.event, censored = fit$n.censor, survival = fit$surv,
      standard_error = full$std.err, lower = fit$lower, upper = fit$upper))
    table <- summary(fit)$table
    by_table <- data.frame(rule = "R_survfit_table", probability = 0.5, estimate = table["median"],
                           lower = table["0.95LCL"], upper = table["0.95UCL"])
    q <- quantile(fit, c(.25, .5, .75))
    by_quantile <- data.frame(rule = "R_quantile", probability = c(.25, .5, .75),
                              estimate = q$quantile, lower = q$lower, upper = q$upper)
    quantiles <- rbind(quantiles,
                       data.frame(dataset = name, conf_type = type, rbind(by_table, by_quantile)))
    read <- summary(fit, times = at, extend = TRUE)
    landmarks <- rbind(landmarks, data.frame(
      dataset = name, conf_type = type, time = read$time, at_risk = read$n.risk,
      events = cumsum(read$n.event), censored = cumsum(read$n.censor), survival = read$surv,
      standard_error = read$std.err, lower = read$lower, upper = read$upper))
    states <- survfit(Surv(time, factor(cause, 0:2, c("censored", "one", "two"))) ~ 1, data = d,
                      conf.type = type)
    for (cause in c("one", "two")) {
      k <- match(cause, states$states)
      incidences <- rbind(incidences, data.frame(
        dataset = name, conf_type = type, cause = cause, time = states$time,
        event_free = states$pstate[, 1], incidence = states$pstate[, k],
        standard_error = states$std.err[, k], lower = states$lower[, k],
        upper = states$upper[, k]))
    }
  }
  mean <- summary(fit, rmean = tau)$table
  reverse <- survfit(Surv(time, cause != 1) ~ 1, data = d, conf.type = "log-log")
  follow_up <- summary(reverse)$table
  means <- rbind(means, data.frame(
    dataset = name, tau = tau, restricted_mean = mean["rmean"], standard_error = mean["se(rmean)"],
    follow_up = follow_up["median"], follow_up_lower = follow_up["0.95LCL"],
    follow_up_upper = follow_up["0.95UCL"]))
}
table_of("subjects", subjects)
table_of("curves", curves)
table_of("quantiles", quantiles)
table_of("landmarks", landmarks)
table_of("means", means)
table_of("incidences", incidences)

counts <- data.frame(n = sample(1:200, 40, TRUE))
counts$x <- floor(runif(40) * (counts$n + 1))
counts$conf_level <- rep(c(0.95, 0.9), 20)
counts$p0 <- round(runif(40), 2)
exact <- function(field) mapply(
  function(x, n, level, p0) field(binom.test(x, n, p0, conf.level = level)),
  counts$x, counts$n, counts$conf_level, counts$p0)
score <- function(i, correct) mapply(function(x, n, level) suppressWarnings(
  prop.test(x, n, conf.level = level, correct = correct)$conf.int[i]),
  counts$x, counts$n, counts$conf_level)
one_sided <- function(side) mapply(
  function(x, n, p0) binom.test(x, n, p0, alternative = side)$p.value,
  counts$x, counts$n, counts$p0)
table_of("proportions", data.frame(
  counts,
  clopper_pearson_lower = exact(function(t) t$conf.int[1]),
  clopper_pearson_upper = exact(function(t) t$conf.int[2]),
  wilson_lower = score(1, FALSE), wilson_upper = score(2, FALSE),
  wilson_cc_lower = score(1, TRUE), wilson_cc_upper = score(2, TRUE),
  two_sided = exact(function(t) t$p.value), greater = one_sided("greater"),
  less = one_sided("less")))

rates <- data.frame(events = c(0, 1, 5, 20, 59, 400), person_time = round(rexp(6, 1 / 50), 3))
poisson <- function(i) mapply(function(x, t) poisson.test(x, t)$conf.int[i],
                              rates$events, rates$person_time)
table_of("rates", data.frame(rates, rate = rates$events / rates$person_time,
                             lower = poisson(1), upper = poisson(2)))

values <- lapply(c(3, 8, 21, 60), function(n) round(rlnorm(n, 3, 2), 3))
table_of("values", data.frame(sample = rep(seq_along(values), lengths(values)),
                              value = unlist(values)))
grid <- expand.grid(sample = seq_along(values), type = c(2, 6, 7),
                    probability = c(0, .1, .25, .5, .75, .9, 1))
table_of("value_quantiles", data.frame(grid, quantile = mapply(
  function(i, type, p) quantile(values[[i]], p, type = type, names = FALSE),
  grid$sample, grid$type, grid$probability)))

writeLines(c(R.version.string, paste("survival", packageVersion("survival"))),
           file.path(out, "versions.txt"))
