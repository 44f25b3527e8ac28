# What R says of the times and the rates of the demonstration trial.
#
#   Rscript --vanilla demonstration.R DIRECTORY
#
# Reads times.csv (data_set, conf_type, time, status: 0 censored, 1 event, 2 competing event) and
# rates.csv (rate, x, n) of the directory; writes figures.csv and versions.txt into it. Needs the
# package survival. Numbers with 17 digits, NA for none.

suppressPackageStartupMessages(library(survival))

directory <- commandArgs(trailingOnly = TRUE)[1]
there <- function(name) file.path(directory, name)
times <- read.csv(there("times.csv"), stringsAsFactors = FALSE)
rates <- read.csv(there("rates.csv"), stringsAsFactors = FALSE)
months <- c(6, 12, 18, 24, 30, 36) * 30.4375
weeks <- c(7, 14, 30)

figure <- function(of, name, at, estimate, error, lower, upper) {
  data.frame(data_set = of$data_set[1], conf_type = of$conf_type[1], figure = name, time = at,
             estimate = estimate, standard_error = error, lower = lower, upper = upper,
             row.names = NULL)
}

median_of <- function(of, name, fit) {
  table <- summary(fit)$table
  figure(of, name, NA, table["median"], NA, table["0.95LCL"], table["0.95UCL"])
}

curve_of <- function(of) {
  type <- of$conf_type[1]
  fit <- survfit(Surv(time, status == 1) ~ 1, data = of, conf.type = type)
  reverse <- survfit(Surv(time, status != 1) ~ 1, data = of, conf.type = type)
  read <- summary(fit, times = months, extend = TRUE)
  tau <- min(36 * 30.4375, max(of$time))
  mean <- summary(fit, rmean = tau)$table
  rbind(median_of(of, "median", fit),
        median_of(of, "follow_up", reverse),
        figure(of, "landmark", months, read$surv, read$std.err, read$lower, read$upper),
        figure(of, "restricted_mean", tau, mean["rmean"], mean["se(rmean)"], NA, NA))
}

incidence_of <- function(of, at) {
  of$state <- factor(of$status, 0:2, c("censored", "event", "competing"))
  fit <- survfit(Surv(time, state) ~ 1, data = of, conf.type = of$conf_type[1])
  read <- summary(fit, times = at, extend = TRUE)
  of_state <- function(name) {
    k <- match(name, fit$states)
    figure(of, name, at, read$pstate[, k], read$std.err[, k], read$lower[, k], read$upper[, k])
  }
  rbind(of_state("event"), of_state("competing"))
}

rate_of <- function(one) {
  test <- binom.test(one$x, one$n)
  figure(data.frame(data_set = one$rate, conf_type = "clopper_pearson"), "rate", NA,
         test$estimate, NA, test$conf.int[1], test$conf.int[2])
}

said <- function(of) {
  if (of$data_set[1] %in% c("CRS", "ICANS")) incidence_of(of, weeks)
  else if (any(of$status == 2)) incidence_of(of, months)
  else curve_of(of)
}

figures <- rbind(
  do.call(rbind, lapply(split(times, list(times$data_set, times$conf_type), drop = TRUE), said)),
  do.call(rbind, lapply(split(rates, seq_len(nrow(rates))), rate_of)))
numeric <- vapply(figures, is.numeric, logical(1))
figures[numeric] <- lapply(figures[numeric], function(x) {
  ifelse(is.finite(x), formatC(x, digits = 17, format = "g", width = 1), "NA")
})
write.csv(figures, there("figures.csv"), row.names = FALSE, quote = FALSE)
writeLines(c(R.version.string, paste("survival", packageVersion("survival"))),
           there("versions.txt"))
